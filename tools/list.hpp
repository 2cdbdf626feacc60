// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Prints the groups that are bound, whose they are and how they are set.
ExitStatus list(const ListOptions& options);

} // namespace command
