// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_table.hpp"

#include "captured.hpp"
#include "checks.hpp"
#include "other.hpp"
#include "output.hpp"

#include <array>

namespace command {

namespace {

// --help and the manual list the options in this order.
constexpr auto rows =
    concatenate(options_of_what_is_captured, options_of_what_is_done_with_it, options_of_top,
                options_of_lists, options_of_spools, options_of_demo, options_about_the_command,
                options_of_tcpdump, options_of_wireshark);

constexpr auto commands = std::to_array<CommandRow>({
    {"list", "", "show the groups that programs capture, with owners and settings"},
    {"doctor", "[-g GROUP]", "check what a capture needs, and say how to fix problems"},
    {"top", "-g GROUP", "show what logs the most packets, as a table each second"},
    {"spool", "DIR", "show and check the content of a directory of --spool"},
    {"ship", "--spool DIR", "send the packets in a spool to a broker: nflogcap-ship(1)"},
    {"collect", "--out DIR", "store the packets that hosts send: nflogcap-collect(1)"},
    {"watch", "[HOST]", "print packets of hosts as they arrive: nflogcap-watch(1)"},
    {"demo", "", "capture packets in a network namespace of its own"},
    {"help", "COMMAND", "show the options of one of these"},
});

static_assert(has_one_row_for_each_name_in_a_command(rows));
static_assert(knows_each_option_that_another_excludes_or_needs(rows));
static_assert(describes_each_option_that_is_shown(rows));
static_assert(has_a_command_for_each_option(rows, commands));

} // namespace

std::span<const OptionRow> option_table()
{
    return rows;
}

std::span<const CommandRow> command_table()
{
    return commands;
}

std::string name_on_command_line(std::string_view command)
{
    return command == "capture" ? "nflogcap" : "nflogcap " + std::string(command);
}

} // namespace command
