// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "words.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// Completions that a shell offers for the argument of an option.
enum class Completes {
    nothing,
    files,
    users,
    programs,
    network_namespaces, // and files
    words,
    hooks, // words; the one that ends in ':' is followed by the name of a device
};

// An option of a command. --help, nflogcap(1) and the shell completions are generated from these
// rows, and `excludes` and `needs` are enforced. Lists are words separated by spaces.
struct OptionRow {
    std::string_view names{};    // "-g,--group"; other rows refer to the option by the first one
    std::string_view argument{}; // "GROUP"; "": the option is a flag
    std::string_view brief{};    // in --help and in the shells
    std::string_view manual{};   // in nflogcap(1), in the markup of option_files/mdoc.hpp
    std::string_view section{};  // the part of nflogcap(1) that describes it; or one of those below
    std::string_view commands{}; // the commands that have the option
    std::string_view excludes{};
    std::string_view needs{}; // "-w -C|-G": -w, and -C or -G
    Completes completes = Completes::nothing;
    std::string_view words{}; // of Completes::words and Completes::hooks
};

// Sections of options that --help, the manual's lists and completions do not show.
constexpr std::string_view tcpdumps_own = "tcpdump"; // have no effect in nflogcap, or are refused
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

// A command, which is the first word of a command line. A command line without one is a capture;
// the table of options calls it "capture".
struct CommandRow {
    std::string_view name;
    std::string_view arguments; // the usual arguments, for --help
    std::string_view brief;
};

// Each program that is linked with these files defines its own tables.
std::span<const OptionRow> option_table();
std::span<const CommandRow> command_table();

// The command as users type it: "nflogcap", "nflogcap list".
std::string name_on_command_line(std::string_view command);

// The options of a command that --help shows, in order.
std::vector<OptionRow> shown_options(std::string_view command);

} // namespace command
