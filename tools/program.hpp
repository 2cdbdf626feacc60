// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

#include <functional>

namespace command {

// What main() does of each program: runs this, and says on standard error what failed. Standard
// streams that are closed are occupied first, and SIGPIPE and SIGXFSZ are errors of write(2).
int run_program(const char* name, const std::function<ExitStatus()>& run);

} // namespace command
