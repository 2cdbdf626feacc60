// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

namespace command {

// Becomes this program, which is installed beside this one, in libexec, or is found in PATH. Throws
// Failure.
[[noreturn]] void run_fleet_program(const FleetProgram& program);

} // namespace command
