// SPDX-License-Identifier: GPL-2.0-or-later
#include "port_id.hpp"

#include "error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nflog {

namespace {

bool is_bound_to(int fd, std::uint32_t port)
{
    int protocol = -1;
    socklen_t length = sizeof protocol;
    sockaddr_nl address{};
    socklen_t address_length = sizeof address;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 &&
           protocol == NETLINK_NETFILTER &&
           getsockname(fd, reinterpret_cast<sockaddr*>(&address), &address_length) == 0 &&
           address.nl_family == AF_NETLINK && address.nl_pid == port;
}

} // namespace

FileDescriptor open_tap_socket(int protocol)
{
    FileDescriptor opened(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (opened.get() < 0)
        throw system_failure("cannot open a netlink socket for the taps", errno);
    return opened;
}

FileDescriptor socket_with_id_of_process()
{
    FileDescriptor holder = open_tap_socket(NETLINK_NETFILTER);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    if (bind(holder.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return holder;
    if (errno != EADDRINUSE)
        throw system_failure("cannot bind a netlink socket for the taps", errno);
    return FileDescriptor();
}

FileDescriptor socket_that_owns(const std::string& table, std::uint32_t port)
{
    for (int fd = 0; port != 0 && fd < FD_SETSIZE; ++fd) {
        if (!is_bound_to(fd, port))
            continue;
        FileDescriptor own(fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (own.get() < 0)
            throw system_failure("cannot keep the netlink socket of the taps", errno);
        return own;
    }
    throw Error(ENOENT, "cannot find the netlink socket that owns the table " + table);
}

} // namespace nflog
