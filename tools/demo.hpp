// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

namespace command {

// Captures packets that it sends itself, in a network namespace made for it.
ExitStatus demo();

} // namespace command
