// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

// Properties of a socket, to identify it if another process passed its descriptor.
namespace nflog {

// Whether the descriptor is a netlink socket to the kernel's netfilter subsystem.
bool is_netfilter_socket(int fd) noexcept;

// The netlink port id. No other netfilter socket in the same network namespace has it. Throws
// Error.
std::uint32_t port_of(int socket);

// A number that identifies the network namespace of a socket, or of the calling thread. Both
// functions throw Error, with EOPNOTSUPP before Linux 5.14.
std::uint64_t network_namespace_of(int socket);
std::uint64_t network_namespace_of_thread();

} // namespace nflog
