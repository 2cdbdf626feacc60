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
It must exist; the capture need not run.)",
        .section = "ship",
        .commands = "ship",
        .completes = command::Completes::files,
    },
    {
        .names = "--host",
        .argument = "NAME",
        .brief = "the name of this host in the fleet; default: its hostname",
        .manual = R"(
The name of this host in the fleet; the default is the result of gethostname(2).
A spool keeps the host name with which it was first shipped, and cannot be shipped with another one.)",
        .section = "ship",
        .commands = "ship",
    },
    {
        .names = "--until-acknowledged",
        .brief = "exit when the broker has acknowledged all of the spool",
        .manual = R"(
Exits when the broker has acknowledged everything that is in the spool; use it before a host is shut down.)",
        .section = "ship",
        .commands = "ship",
    },
});

} // namespace fleet
