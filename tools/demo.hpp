// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

namespace command {

// Runs the demo: creates a network namespace, sends packets in it, and captures them.
ExitStatus demo();

} // namespace command
