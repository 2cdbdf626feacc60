// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <set>

// The netlink sockets that libnftables opens. libnftables trusts what it reads from them: a message
// that another process forged can crash it. It does not reveal its descriptors.
namespace nflog {

// A socket of the kind that libnftables opens. Throws Error if it cannot be opened.
FileDescriptor open_tap_socket(int protocol);

// The netfilter sockets of the process that have no port id, so that nobody can send to them.
class UnboundSockets {
public:
    // Those that are open now.
    UnboundSockets();

    // Another descriptor of the only one that was opened since then, closed in programs that the
    // process executes. None if another thread has opened one too, or if the system does not say.
    [[nodiscard]] FileDescriptor opened_since() const;

private:
    std::set<std::uint64_t> cookies_;
};

// Takes the process's id as port id, which the kernel would otherwise give to the next socket of
// that protocol. An attacker can guess that one, and no other.
FileDescriptor hold_id_of_process(int protocol);

} // namespace nflog
