// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "socket_holders.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace command {

// A group that is bound in this process's network namespace, as /proc shows it.
struct BoundGroup {
    enum class Copies { nothing = 0, metadata = 1, packets = 2 };

    std::uint16_t group;
    std::uint32_t port;   // port of the netlink socket that bound the group
    std::uint32_t queued; // packets that wait in the kernel for a batch
    Copies copies;
    std::uint32_t snaplen;       // bytes of payload
    std::uint32_t flush_timeout; // milliseconds
};

// In ascending order. Throws Failure if the kernel's table cannot be read.
std::vector<BoundGroup> bound_groups();

// The processes that own groups, by netlink port. A port is missing if /proc does not show the
// process.
using Owners = std::map<std::uint32_t, nflog::Process>;

Owners owners_of(const std::vector<BoundGroup>& groups);

} // namespace command
