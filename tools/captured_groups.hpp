// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "options.hpp"

#include <cstdint>
#include <vector>

namespace command {

// Returns the groups of a started capture, including its tap's group.
std::vector<std::uint16_t> groups_of(const Handle& handle, const CaptureOptions& options);

} // namespace command
