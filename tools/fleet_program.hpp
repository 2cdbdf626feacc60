// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

namespace command {

// Replaces this process by the given program. Searches for the program in the directory of this
// program, then in ../libexec, then in PATH. Throws Failure.
[[noreturn]] void run_fleet_program(const FleetProgram& program);

} // namespace command
