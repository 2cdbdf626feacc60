// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

#include <functional>

namespace command {

// Captures, or reads a savefile, until the end that the options or a signal set, and tells on
// standard error what came and what did not. `read_again` is the command line with what its
// configuration says now; empty without one.
ExitStatus capture(const CaptureOptions& options,
                   const std::function<CaptureOptions()>& read_again = {});

} // namespace command
