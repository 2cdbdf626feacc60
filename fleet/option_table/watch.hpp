// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

constexpr auto options_of_watch = std::to_array<command::OptionRow>({
    {
        .names = "-g,--group",
        .argument = "GROUP",
        .brief = "watch only this group, 0 to 65535; several: 5,6",
        .manual = R"(
Watches only this group, 0 to 65535.
Can be given several times, or as a list: `-g 5,6`.)",
        .section = "watch",
        .commands = "watch",
    },
    {
        .names = "--list",
        .brief = "show a table of the hosts each second, and no packets",
        .manual = R"(
Shows a table of the hosts each second, and no packets: see [TABLE].
On a terminal each table replaces the previous one.)",
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
