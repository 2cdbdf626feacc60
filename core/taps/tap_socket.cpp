// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_socket.hpp"

#include "error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/netlink.h>
#include <optional>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nflog {

namespace {

template <typename Value>
bool get_option(int fd, int option, Value& value)
{
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0;
}

// If the descriptor is an unbound netfilter socket, returns the number by which the kernel
// identifies the socket.
std::optional<std::uint64_t> cookie_of_unbound(int fd)
{
    int protocol = -1;
    sockaddr_nl address{};
    socklen_t address_length = sizeof address;
    std::uint64_t cookie = 0;
    if (!get_option(fd, SO_PROTOCOL, protocol) || protocol != NETLINK_NETFILTER ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &address_length) != 0 ||
        address.nl_family != AF_NETLINK || address.nl_pid != 0 ||
        !get_option(fd, SO_COOKIE, cookie))
        return std::nullopt;
    return cookie;
}

// Only descriptors below FD_SETSIZE are visited, because libnftables uses no others.
template <typename Visit>
void each_unbound(Visit visit)
{
    for (int fd = 0; fd < FD_SETSIZE; ++fd) {
        if (const auto cookie = cookie_of_unbound(fd))
            visit(fd, *cookie);
    }
}

} // namespace

FileDescriptor open_tap_socket(int protocol)
{
    FileDescriptor opened(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (opened.get() < 0)
        throw system_failure("cannot open a netlink socket for the taps", errno);
    return opened;
}

UnboundSockets::UnboundSockets()
{
    each_unbound([this](int /*fd*/, std::uint64_t cookie) { cookies_.insert(cookie); });
}

FileDescriptor UnboundSockets::opened_since() const
{
    std::set<std::uint64_t> opened;
    int found = -1;
    each_unbound([&](int fd, std::uint64_t cookie) {
        if (!cookies_.contains(cookie) && opened.insert(cookie).second)
            found = fd;
    });
    if (opened.size() != 1)
        return FileDescriptor();
    // libnftables does not set FD_CLOEXEC on its descriptor.
    const bool is_closed_there = fcntl(found, F_SETFD, FD_CLOEXEC) == 0;
    FileDescriptor own(is_closed_there ? fcntl(found, F_DUPFD_CLOEXEC, 0) : -1);
    if (own.get() < 0)
        throw system_failure("cannot keep the netlink socket of the taps", errno);
    return own;
}

FileDescriptor hold_id_of_process(int protocol)
{
    FileDescriptor holder = open_tap_socket(protocol);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    if (bind(holder.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
        errno != EADDRINUSE)
        throw system_failure("cannot bind the netlink socket", errno);
    return holder;
}

} // namespace nflog
