// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace command {

// A group that is bound in the network namespace of this process, as reported by the kernel.
struct BoundGroup {
    enum class Copies { nothing = 0, metadata = 1, packets = 2 };

    std::uint16_t group;
    std::uint32_t port;   // of the netlink socket that owns it
    std::uint32_t queued; // packets that wait in the kernel for a batch
    Copies copies;
    std::uint32_t snaplen;       // bytes of payload
    std::uint32_t flush_timeout; // milliseconds
};

struct Process {
    pid_t pid;
    std::string name;
};

// In ascending order. Throws Failure if the kernel's table cannot be read.
std::vector<BoundGroup> bound_groups();

// For each netlink port that owns one of the groups: a process that holds its socket. A port is
// missing if /proc does not show the process, because it belongs to another user or another PID
// namespace, or because of the option hidepid.
std::map<std::uint32_t, Process> owners_of(const std::vector<BoundGroup>& groups);

} // namespace command
