// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

#include <functional>

namespace command {

// What main() of each program does: runs `work`, and prints on standard error what failed. It first
// opens standard streams that are closed, and makes SIGPIPE and SIGXFSZ errors of write(2).
int run_program(const char* name, const std::function<ExitStatus()>& run);

} // namespace command
