// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

// The options that nflogcap-watch has alone.
constexpr auto options_of_watch = std::to_array<command::OptionRow>({
    {
        .names = "-g,--group",
        .argument = "GROUP",
        .brief = "packets of this group alone",
        .manual = R"(
Watches this group alone, 0 to 65535.)",
        .section = "watch",
        .commands = "watch",
    },
    {
        .names = "--list",
        .brief = "show the hosts as a table each second, and no packets",
        .manual = R"(
Shows the hosts as a table each second, on a terminal in place of the one before: see [TABLE].)",
        .section = "watch",
        .commands = "watch",
    },
    {
        .names = "--once",
        .brief = "with --list: show one table and exit",
        .manual = R"(
Shows one table, with the rates of one second, and exits.)",
        .section = "watch",
        .commands = "watch",
        .needs = "--list",
    },
});

} // namespace fleet
