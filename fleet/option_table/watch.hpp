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
Shows the packets of this group alone.
May be given several times, or as a list: `-g 5,6`.)",
        .section = "watch",
        .commands = "watch",
    },
});

} // namespace fleet
