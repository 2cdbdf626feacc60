// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace nflog {

// Calls bind(group) for groups without an owner, from 65535 down to 65280, and returns the first
// group for which bind() does not throw Error with EPERM. Low numbers are avoided because users
// number their groups from 0 upwards, and their rules may log to these groups. Throws Error if all
// these groups have owners, and the other exceptions of bind().
std::uint16_t bind_free_group(const std::function<void(std::uint16_t)>& bind);

} // namespace nflog
