// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libc: functions on sockets, and others that netlink needs.
#include "interposed.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <linux/netlink.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>

using seam::fail;
using seam::Fault;
using seam::next;
using seam::shortened;
using seam::strike;

namespace {

constexpr int so_netns_cookie = 71; // older headers lack it

const char* name_of_option(int level, int option, bool get) noexcept
{
    if (level == SOL_NETLINK)
        return option == NETLINK_NO_ENOBUFS ? "setsockopt NETLINK_NO_ENOBUFS" : "setsockopt ?";
    switch (option) {
    case SO_RCVBUFFORCE:
        return "setsockopt SO_RCVBUFFORCE";
    case SO_RCVBUF:
        return get ? "getsockopt SO_RCVBUF" : "setsockopt SO_RCVBUF";
    case SO_ATTACH_FILTER:
        return "setsockopt SO_ATTACH_FILTER";
    case SO_DETACH_FILTER:
        return "setsockopt SO_DETACH_FILTER";
    case SO_MEMINFO:
        return "getsockopt SO_MEMINFO";
    case SO_PROTOCOL:
        return "getsockopt SO_PROTOCOL";
    case SO_COOKIE:
        return "getsockopt SO_COOKIE";
    case SO_DOMAIN:
        return "getsockopt SO_DOMAIN";
    case so_netns_cookie:
        return "getsockopt SO_NETNS_COOKIE";
    default:
        return get ? "getsockopt ?" : "setsockopt ?";
    }
}

} // namespace

FAILS(int, socket, (int domain, int type, int protocol), (domain, type, protocol), "socket", -1)
FAILS(int, bind, (int fd, const sockaddr* address, socklen_t length), (fd, address, length), "bind",
      -1)
FAILS(int, connect, (int fd, const sockaddr* address, socklen_t length), (fd, address, length),
      "connect", -1)
FAILS(ssize_t, getrandom, (void* buffer, size_t size, unsigned flags), (buffer, size, flags),
      "getrandom", -1)
FAILS(int, getsockname, (int fd, sockaddr* address, socklen_t* length), (fd, address, length),
      "getsockname", -1)
FAILS(ssize_t, sendto,
      (int fd, const void* bytes, size_t size, int flags, const sockaddr* to, socklen_t length),
      (fd, bytes, size, flags, to, length), "sendto", -1)
FAILS(ssize_t, send, (int fd, const void* bytes, size_t size, int flags), (fd, bytes, size, flags),
      "send", -1)
FAILS(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags), "sendmsg",
      -1)
FAILS(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags), "recvmsg", -1)
FAILS(int, select, (int count, fd_set* readable, fd_set* writable, fd_set* other, timeval* timeout),
      (count, readable, writable, other, timeout), "select", -1)
FAILS(unsigned, if_nametoindex, (const char* name), (name), "if_nametoindex", 0)
FAILS(char*, if_indextoname, (unsigned index, char* name), (index, name), "if_indextoname", nullptr)

DEFINE(int, setsockopt, (int fd, int level, int option, const void* value, socklen_t length))
{
    static auto* const real = next(&interposed_setsockopt, "setsockopt");
    if (const Fault fault = strike(name_of_option(level, option, false)))
        return fail(fault);
    return real(fd, level, option, value, length);
}

DEFINE(int, getsockopt, (int fd, int level, int option, void* value, socklen_t* length))
{
    static auto* const real = next(&interposed_getsockopt, "getsockopt");
    if (const Fault fault = strike(name_of_option(level, option, true)))
        return fail(fault);
    return real(fd, level, option, value, length);
}

DEFINE(ssize_t, recvfrom,
       (int fd, void* buffer, size_t size, int flags, sockaddr* sender, socklen_t* length))
{
    static auto* const real = next(&interposed_recvfrom, "recvfrom");
    const Fault fault = strike("recvfrom");
    // The kernel never returns EAGAIN if the socket has data, so do not inject it then.
    char first = 0;
    const bool would_lie =
        fault.error == EAGAIN && real(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT, nullptr, nullptr) > 0;
    if (fault.is_failure() && !would_lie)
        return fail(fault);
    const ssize_t got = real(fd, buffer, size, flags, sender, length);
    if (got <= 0 || !fault)
        return got;
    // A datagram that is longer than the buffer fills the whole buffer.
    if (fault.way == Fault::Way::truncates) {
        const auto whole = static_cast<size_t>(got);
        std::memset(static_cast<char*>(buffer) + whole, 0, size - whole);
        return static_cast<ssize_t>(size) + 1;
    }
    return static_cast<ssize_t>(shortened(fault, static_cast<size_t>(got)));
}

DEFINE(int, ioctl, (int fd, unsigned long request, ...))
{
    using Real = int(int, unsigned long, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_ioctl, "ioctl"));
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if (const Fault fault = strike(request == SIOCGIFNAME ? "ioctl SIOCGIFNAME" : "ioctl"))
        return fail(fault);
    return real(fd, request, argument);
}
