// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "words.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// How a shell completes the argument of an option.
enum class Completes {
    nothing,
    files,
    users,
    programs,
    network_namespaces, // names of network namespaces, and files
    words,
    hooks, // words; after the word that ends in ':', the user types the name of a device
};

// An option of a command. --help, nflogcap(1) and the completions of the shells are made from these
// rows, and the program enforces `excludes` and `needs`. A list is a text of words separated by
// spaces.
struct OptionRow {
    std::string_view names{};    // "-g,--group"; other rows refer to the option by its first name
    std::string_view argument{}; // "GROUP"; "": the option is a flag
    std::string_view brief{};    // in --help and in the shells
    std::string_view manual{};   // in nflogcap(1), in the markup of option_files/mdoc.hpp
    // Section of nflogcap(1) that describes the option, or a constant below.
    std::string_view section{};
    std::string_view commands{}; // list of the commands that have the option
    std::string_view excludes{};
    std::string_view needs{}; // "-w -C|-G": the option requires -w, and also -C or -G
    Completes completes = Completes::nothing;
    std::string_view words{}; // the words for Completes::words and Completes::hooks
};

// Sections of the options that --help, the manual and the completions do not list:
// Options of tcpdump; they have no effect, or are refused.
constexpr std::string_view tcpdumps_own = "tcpdump";
constexpr std::string_view wiresharks_own = "Wireshark";

constexpr bool is_shown(const OptionRow& row)
{
    return row.section != tcpdumps_own && row.section != wiresharks_own;
}

constexpr bool belongs_to(const OptionRow& row, std::string_view command)
{
    return has_word(row.commands, command);
}

constexpr std::string_view first_name(const OptionRow& row)
{
    return row.names.substr(0, row.names.find(','));
}

// A command, which is the first word of a command line. A command line without a command's name is
// a capture. The table of options calls it "capture".
struct CommandRow {
    std::string_view name;
    std::string_view arguments; // the usual arguments, as --help shows them
    std::string_view brief;
};

// Each program that links these files defines its own tables.
std::span<const OptionRow> option_table();
std::span<const CommandRow> command_table();

// Returns the command as users type it: "nflogcap" or "nflogcap list".
std::string name_on_command_line(std::string_view command);

// Returns the options of a command that --help lists, in the order of the table.
std::vector<OptionRow> shown_options(std::string_view command);

} // namespace command
