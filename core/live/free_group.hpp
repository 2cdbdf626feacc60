// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace nflog {

// Calls bind(group) for groups without an owner, from 65535 down to 65280, until a call does not
// throw Error with EPERM; returns that group. Users number their groups from 0 upwards, and their
// rules may log to low numbers. Throws Error if all these groups have owners, and the exceptions of
// bind.
std::uint16_t bind_free_group(const std::function<void(std::uint16_t)>& bind);

} // namespace nflog
