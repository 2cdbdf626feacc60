// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "words.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// What a shell offers for the argument of an option.
enum class Completes {
    nothing,
    files,
    users,
    programs,
    network_namespaces, // and files
    words,
    hooks, // words; the one that ends in ':' is followed by the name of a device
};

// An option of the command. --help, nflogcap(1) and the completions of the shells are made of these
// rows, and the rules between options are enforced from them. Lists are words between spaces.
struct OptionRow {
    std::string_view names{};    // "-g,--group"; other rows refer to the option by the first one
    std::string_view argument{}; // "GROUP"; "": the option is a flag
    std::string_view brief{};    // in --help and in the shells
    std::string_view manual{};   // in nflogcap(1), in the markup of option_files/mdoc.hpp
    std::string_view section{};  // the part of nflogcap(1) that has it; or one of those below
    std::string_view commands{}; // that have it
    std::string_view excludes{};
    std::string_view needs{}; // "-w -C|-G": -w, and -C or -G
    Completes completes = Completes::nothing;
    std::string_view words{}; // of Completes::words and Completes::hooks
};

// Sections of options that are neither in --help nor in the manual's lists nor in completions.
constexpr std::string_view tcpdumps_own = "tcpdump"; // have no effect here, or are refused
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

// A command that is the first word of a command line. A line without one is a capture, which has
// the name "capture" in the table of options.
struct CommandRow {
    std::string_view name;
    std::string_view arguments; // the usual ones, for --help
    std::string_view brief;
};

// Each program that is linked with these files has a table of its own.
std::span<const OptionRow> option_table();
std::span<const CommandRow> command_table();

// As users type it: "nflogcap", "nflogcap list".
std::string name_on_command_line(std::string_view command);

// Those options of a command that --help shows, in their order.
std::vector<OptionRow> shown_options(std::string_view command);

} // namespace command
