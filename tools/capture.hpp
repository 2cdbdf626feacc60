// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

#include <functional>

namespace command {

// Captures, or reads a savefile, until the limit given by the options or until a signal. Prints a
// summary of received and lost packets on standard error. `read_again` returns the options of the
// command line with the current content of its configuration; it is empty without a configuration.
ExitStatus capture(const CaptureOptions& options,
                   const std::function<CaptureOptions()>& read_again = {});

} // namespace command
