// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace nflog {

// Calls bind(group) for groups without an owner, from 65535 down to 65280, until one does not throw
// Error with EPERM; returns that group. People number their groups from below, and rules of theirs
// may log there. Throws Error if all have owners, and what bind throws.
std::uint16_t bind_free_group(const std::function<void(std::uint16_t)>& bind);

} // namespace nflog
