// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

// Who owns which group in the calling thread's network namespace.
namespace nflog {

// Empty if the groups are not visible: see can_see_owners().
std::set<std::uint16_t> owned_groups();

// "netlink port 1234 (process 1234, ulogd)", as far as it is visible. Absent: no owner is visible.
std::optional<std::string> owner_of(std::uint16_t group);

// Whether the kernel's table of groups can be read.
bool can_see_owners();

} // namespace nflog
