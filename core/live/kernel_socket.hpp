// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Protects a netlink socket from senders other than the kernel. A process with CAP_NET_ADMIN in the
// socket's network namespace, such as a container's root, can send a datagram to every bound socket
// there that is not connected.
namespace nflog {

// Binds the socket to a port id that no socket had before, and connects it to the kernel. After
// that every other sender gets ECONNREFUSED. Before that no sender can reach the socket either.
// Throws Error.
void connect_to_kernel(int socket);

// Stops all messages to the socket, even from the kernel. The messages in its queue remain. Returns
// 0 or an errno.
int accept_nothing(int socket) noexcept;

} // namespace nflog
