// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

constexpr auto options_of_watch = std::to_array<command::OptionRow>({
    {
        .names = "-g,--group",
        .argument = "GROUP",
        .brief = "packets of this group alone; several: 5,6",
        .manual = R"(
Watches this group alone, 0 to 65535.
May be given several times, or as a list: `-g 5,6`.)",
        .section = "watch",
        .commands = "watch",
    },
    {
        .names = "--list",
        .brief = "show the hosts as a table each second, and no packets",
        .manual = R"(
Shows the hosts as a table each second, on a terminal in place of the one before, and no packets: see [TABLE].)",
        .section = "watch",
        .commands = "watch",
    },
    {
        .names = "--once",
        .brief = "show one table, with the rates of one second, and exit",
        .manual = R"(
Shows one table, with the rates of one second, and exits.)",
        .section = "watch",
        .commands = "watch",
        .needs = "--list",
    },
});

} // namespace fleet
