// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

#include <functional>

namespace command {

// The common part of main() of each program: runs `run`, and prints on standard error what failed.
// Before that, it opens standard streams that are closed, and ignores SIGPIPE and SIGXFSZ, so that
// write(2) returns an error instead.
int run_program(const char* name, const std::function<ExitStatus()>& run);

} // namespace command
