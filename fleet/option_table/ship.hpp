// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

constexpr auto options_of_ship = std::to_array<command::OptionRow>({
    {
        .names = "--spool",
        .argument = "DIR",
        .brief = "the directory in which nflogcap --spool keeps packets",
        .manual = R"(
The directory in which `nflogcap --spool` keeps packets.
It must exist; the capture may run or not.)",
        .section = "ship",
        .commands = "ship",
        .completes = command::Completes::files,
    },
    {
        .names = "--host",
        .argument = "NAME",
        .brief = "the name of this host in the fleet; that of gethostname(2)",
        .manual = R"(
The name of this host in the fleet; that of gethostname(2) by default.
A spool keeps the name as which it was shipped first, and is not shipped as another one.)",
        .section = "ship",
        .commands = "ship",
    },
    {
        .names = "--until-acknowledged",
        .brief = "end when the broker has acknowledged all that is in the spool",
        .manual = R"(
Ends when the broker has acknowledged everything that is in the spool, such as before a host is shut down.)",
        .section = "ship",
        .commands = "ship",
    },
});

} // namespace fleet
