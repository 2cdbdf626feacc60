// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

// Who owns which group in the calling thread's network namespace.
namespace nflog {

// Empty if the groups are not visible: see GroupOwner::is_visible.
std::set<std::uint16_t> owned_groups();

// The netlink port id that each owned group belongs to. Absent if the groups are not visible.
std::optional<std::map<std::uint16_t, std::uint32_t>> ports_of_groups();

// What one look shows of a group's owner.
struct GroupOwner {
    bool is_visible; // the kernel's table of groups can be read
    std::string who; // "netlink port 1234 (process 1234, ulogd)"; empty: no owner was seen
};

GroupOwner owner_of(std::uint16_t group);

} // namespace nflog
