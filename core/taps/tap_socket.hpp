// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <set>

// The netlink sockets that libnftables opens. libnftables trusts the messages that it reads from
// them: a forged message of another process can crash it. It does not reveal its descriptors.
namespace nflog {

// A socket of the kind that libnftables opens. Throws Error if it cannot be opened.
FileDescriptor open_tap_socket(int protocol);

// The netfilter sockets of the process that have no port id yet, so that no process can send to
// them.
class UnboundSockets {
public:
    // Collects the sockets that are open now.
    UnboundSockets();

    // A duplicate of the only socket that was opened since then, closed in programs that the
    // process executes. Empty if another thread has opened one too, or if the system does not
    // provide the information.
    [[nodiscard]] FileDescriptor opened_since() const;

private:
    std::set<std::uint64_t> cookies_;
};

// Binds a socket to the process's id as port id, which the kernel would otherwise give to the next
// socket of that protocol. It is the only port id that an attacker can guess.
FileDescriptor hold_id_of_process(int protocol);

} // namespace nflog
