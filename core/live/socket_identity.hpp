// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

// Identifies the socket of a descriptor that comes from another process.
namespace nflog {

// Whether it is a netlink socket to the kernel's netfilter subsystem.
bool is_netfilter_socket(int fd) noexcept;

// The netlink port id: no other netfilter socket of its network namespace has it. Throws Error.
std::uint32_t port_of(int socket);

// A number that identifies the network namespace of a socket, or of the calling thread. Both throw
// Error: EOPNOTSUPP before Linux 5.14.
std::uint64_t network_namespace_of(int socket);
std::uint64_t network_namespace_of_thread();

} // namespace nflog
