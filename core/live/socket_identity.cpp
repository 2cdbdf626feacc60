// SPDX-License-Identifier: GPL-2.0-or-later
#include "socket_identity.hpp"

#include "error.hpp"
#include "file_descriptor.hpp"

#include <cerrno>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace nflog {

namespace {

int option_of(int fd, int option) noexcept
{
    int value = -1;
    socklen_t length = sizeof value;
    getsockopt(fd, SOL_SOCKET, option, &value, &length);
    return value;
}

} // namespace

bool is_netfilter_socket(int fd) noexcept
{
    return option_of(fd, SO_DOMAIN) == AF_NETLINK &&
           option_of(fd, SO_PROTOCOL) == NETLINK_NETFILTER;
}

std::uint32_t port_of(int socket)
{
    sockaddr_nl address{};
    socklen_t length = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) < 0)
        throw system_failure("cannot read the port id of a netlink socket", errno);
    return address.nl_pid;
}

std::uint64_t network_namespace_of(int socket)
{
    constexpr int so_netns_cookie = 71; // missing in older headers
    std::uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    if (getsockopt(socket, SOL_SOCKET, so_netns_cookie, &cookie, &length) == 0)
        return cookie;
    if (errno == ENOPROTOOPT)
        throw Error(EOPNOTSUPP, "cannot adopt a capture: the kernel does not say which network "
                                "namespace a socket is of; Linux 5.14 and later do");
    throw system_failure("cannot read the network namespace of a socket", errno);
}

std::uint64_t network_namespace_of_thread()
{
    const FileDescriptor here(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (here.get() < 0)
        throw system_failure("cannot compare network namespaces: cannot open a netlink socket",
                             errno);
    return network_namespace_of(here.get());
}

} // namespace nflog
