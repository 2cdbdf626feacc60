// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Captures, or reads a savefile, until the end that the options or a signal set, and tells on
// standard error what came and what did not.
ExitStatus capture(const CaptureOptions& options);

} // namespace command
