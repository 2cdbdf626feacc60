// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <set>

// Finds and protects the netlink sockets of libnftables, because it does not reveal their
// descriptors. libnftables trusts all messages that it reads from them, so that a forged message of
// another process can crash it.
namespace nflog {

// Opens a socket of the kind that libnftables opens. Throws Error if this is impossible.
FileDescriptor open_tap_socket(int protocol);

// The netfilter sockets of the process that have no port id yet. No process can send to such a
// socket.
class UnboundSockets {
public:
    // Collects the sockets that are open now.
    UnboundSockets();

    // If exactly one socket was opened since then, returns a duplicate of its descriptor, with
    // FD_CLOEXEC. Returns an empty descriptor if another thread has opened one too, or if the
    // system does not provide the information.
    [[nodiscard]] FileDescriptor opened_since() const;

private:
    std::set<std::uint64_t> cookies_;
};

// Binds a socket to the process's id as its port id. Without it, the kernel would give this port
// id, the only one that an attacker can guess, to the next socket of that protocol.
FileDescriptor hold_id_of_process(int protocol);

} // namespace nflog
