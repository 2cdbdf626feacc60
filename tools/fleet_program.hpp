// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

namespace command {

// Replaces this process by the given program, which is searched for beside this program, in libexec
// and in PATH. Throws Failure.
[[noreturn]] void run_fleet_program(const FleetProgram& program);

} // namespace command
