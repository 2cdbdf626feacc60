// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

namespace command {

// Captures packets that it sends itself, in a network namespace that it creates.
ExitStatus demo();

} // namespace command
