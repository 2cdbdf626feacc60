// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

// The owners of groups in the calling thread's network namespace.
namespace nflog {

// Empty if the groups are not visible: see GroupOwner::is_visible.
std::set<std::uint16_t> owned_groups();

// The netlink port id of the owner of each owned group. Absent if the groups are not visible.
std::optional<std::map<std::uint16_t, std::uint32_t>> ports_of_groups();

// A group's owner, read once from the kernel's table.
struct GroupOwner {
    bool is_visible;         // the kernel's table of groups can be read
    std::string description; // "netlink port 1234 (process 1234, ulogd)"; empty: no owner was seen
};

GroupOwner owner_of(std::uint16_t group);

} // namespace nflog
