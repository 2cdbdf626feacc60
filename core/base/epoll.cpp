// SPDX-License-Identifier: GPL-2.0-or-later
#include "epoll.hpp"

#include "error.hpp"

#include <cerrno>
#include <sys/epoll.h>

namespace nflog {

Epoll::Epoll() : epoll_(epoll_create1(EPOLL_CLOEXEC))
{
    if (fd() < 0)
        throw system_failure("cannot create an epoll descriptor", errno);
}

void Epoll::watch(int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0)
        throw system_failure("cannot watch a descriptor with epoll", errno);
}

void Epoll::unwatch(int fd) noexcept
{
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

} // namespace nflog
