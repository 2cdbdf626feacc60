// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Who may send to a netlink socket. A process with CAP_NET_ADMIN in the socket's network namespace,
// such as a container's root, can send a datagram to every bound socket there that is not
// connected.
namespace nflog {

// Binds the socket to a port id that no socket had before, and connects it to the kernel. From then
// on every other sender gets ECONNREFUSED, and none can use the time in between. Throws Error.
void connect_to_kernel(int socket);

// Lets nothing more into the socket's queue, not even from the kernel. What is queued remains.
// Returns 0 or an errno.
int accept_nothing(int socket) noexcept;

} // namespace nflog
