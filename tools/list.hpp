// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "options.hpp"

namespace command {

// Prints the groups that are bound, their owners and their settings.
ExitStatus list(const ListOptions& options);

} // namespace command
