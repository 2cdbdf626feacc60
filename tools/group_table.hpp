// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace command {

// A group that is bound in the network namespace of this process, as the kernel tells of it.
struct BoundGroup {
    enum class Copies { nothing = 0, metadata = 1, packets = 2 };

    std::uint16_t group;
    std::uint32_t port;   // of the netlink socket that owns it
    std::uint32_t queued; // packets that the kernel is gathering
    Copies copies;
    std::uint32_t snaplen;       // bytes of payload
    std::uint32_t flush_timeout; // milliseconds
};

struct Process {
    pid_t pid;
    std::string name;
};

// In ascending order. Throws Failure where the kernel's table cannot be read.
std::vector<BoundGroup> bound_groups();

// A process that holds the netlink socket of this port; nothing where none is to be seen: another
// user's, or in another pid namespace.
std::optional<Process> owner_of_port(std::uint32_t port);

} // namespace command
