// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

constexpr auto options_of_collect = std::to_array<command::OptionRow>({
    {
        .names = "--out",
        .argument = "DIR",
        .brief = "the directory for the files and the state",
        .manual = R"(
The directory for the files and the state; it is made if it does not exist.)",
        .section = "collect",
        .commands = "collect",
        .completes = command::Completes::files,
    },
});

} // namespace fleet
