// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libc: functions on descriptors of any kind.
#include "interposed.hpp"

#include <bitset>
#include <cstdarg>
#include <cstddef>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <sys/types.h>

using seam::fail;
using seam::Fault;
using seam::next;
using seam::shortened;
using seam::strike;

namespace {

// The descriptors that are eventfds. Reads and writes on them are other calls than those on files.
std::bitset<FD_SETSIZE>& bells() noexcept
{
    static std::bitset<FD_SETSIZE> descriptors;
    return descriptors;
}

bool is_bell(int fd) noexcept
{
    return fd >= 0 && fd < FD_SETSIZE && bells()[static_cast<std::size_t>(fd)];
}

void set_bell(int fd, bool is) noexcept
{
    if (seam::watched() && fd >= 0 && fd < FD_SETSIZE)
        bells()[static_cast<std::size_t>(fd)] = is;
}

} // namespace

FAILS(int, epoll_create1, (int flags), (flags), "epoll_create1", -1)
FAILS(int, epoll_ctl, (int epoll, int operation, int fd, epoll_event* event),
      (epoll, operation, fd, event), operation == EPOLL_CTL_ADD ? "epoll_ctl ADD" : "epoll_ctl DEL",
      -1)
FAILS(int, epoll_wait, (int epoll, epoll_event* events, int most, int timeout),
      (epoll, events, most, timeout), "epoll_wait", -1)
FAILS(int, timerfd_create, (int clock, int flags), (clock, flags), "timerfd_create", -1)
FAILS(int, timerfd_settime, (int fd, int flags, const itimerspec* to, itimerspec* before),
      (fd, flags, to, before), "timerfd_settime", -1)
FAILS(int, poll, (pollfd * wanted, nfds_t count, int timeout), (wanted, count, timeout), "poll", -1)

DEFINE(int, eventfd, (unsigned value, int flags))
{
    static auto* const real = next(&interposed_eventfd, "eventfd");
    if (const Fault fault = strike("eventfd"))
        return fail(fault);
    const int fd = real(value, flags);
    set_bell(fd, true);
    return fd;
}

DEFINE(int, close, (int fd))
{
    static auto* const real = next(&interposed_close, "close");
    set_bell(fd, false);
    const Fault fault = strike("close");
    const int done = real(fd);
    return fault ? fail(fault) : done;
}

DEFINE(int, fcntl, (int fd, int command, ...))
{
    using Real = int(int, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_fcntl, "fcntl"));
    va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    const char* kind = command == F_DUPFD_CLOEXEC ? "fcntl F_DUPFD_CLOEXEC"
                       : command == F_GETFL       ? "fcntl F_GETFL"
                       : command == F_SETFD       ? "fcntl F_SETFD"
                       : command == F_SETLK       ? "fcntl F_SETLK"
                       : command == F_OFD_GETLK   ? "fcntl F_OFD_GETLK"
                       : command == F_ADD_SEALS   ? "fcntl F_ADD_SEALS"
                       : command == F_GET_SEALS   ? "fcntl F_GET_SEALS"
                       : command == F_GETFD       ? "fcntl F_GETFD"
                                                  : "fcntl";
    if (const Fault fault = strike(kind))
        return fail(fault);
    return real(fd, command, argument);
}

DEFINE(ssize_t, read, (int fd, void* buffer, size_t size))
{
    static auto* const real = next(&interposed_read, "read");
    const Fault fault = strike(is_bell(fd) ? "read eventfd" : "read");
    if (fault.is_failure())
        return fail(fault);
    return fault.way == Fault::Way::ends ? 0 : real(fd, buffer, shortened(fault, size));
}

DEFINE(ssize_t, write, (int fd, const void* bytes, size_t size))
{
    static auto* const real = next(&interposed_write, "write");
    const Fault fault = strike(is_bell(fd) ? "write eventfd" : "write");
    return fault.is_failure() ? fail(fault) : real(fd, bytes, shortened(fault, size));
}

ALSO(fcntl64, fcntl)
