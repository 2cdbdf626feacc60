// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

#include <functional>

namespace command {

// Captures packets, or reads a savefile, until a limit of the options is reached or a signal
// arrives. Prints a summary of received and lost packets on standard error. `read_again` reads the
// configuration file again and returns the options of the command line with its current content; it
// is an empty function if the command line has no configuration.
ExitStatus capture(const CaptureOptions& options,
                   const std::function<CaptureOptions()>& read_again = {});

} // namespace command
