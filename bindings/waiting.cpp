// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiting.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <poll.h>

namespace binding {

namespace {

constexpr long ns_per_second = 1'000'000'000;

} // namespace

Deadline::Deadline(double seconds) noexcept : never_(seconds < 0)
{
    if (never_)
        return;
    // In seconds: longer than any computer runs, but small enough not to overflow.
    constexpr double max_wait = 1e9;
    const double wait = std::min(seconds, max_wait);
    clock_gettime(CLOCK_MONOTONIC, &at_);
    at_.tv_sec += static_cast<time_t>(wait);
    at_.tv_nsec += static_cast<long>(std::ceil((wait - std::floor(wait)) * ns_per_second));
    if (at_.tv_nsec >= ns_per_second) {
        ++at_.tv_sec;
        at_.tv_nsec -= ns_per_second;
    }
}

bool Deadline::left(timespec& room, const timespec*& left) const noexcept
{
    left = nullptr;
    if (never_)
        return true;
    clock_gettime(CLOCK_MONOTONIC, &room);
    room.tv_sec = at_.tv_sec - room.tv_sec;
    room.tv_nsec = at_.tv_nsec - room.tv_nsec;
    if (room.tv_nsec < 0) {
        --room.tv_sec;
        room.tv_nsec += ns_per_second;
    }
    left = &room;
    return room.tv_sec > 0 || (room.tv_sec == 0 && room.tv_nsec > 0);
}

Polled poll_readable(int fd, const timespec* timeout, Failure& failure) noexcept
{
    pollfd descriptor{fd, POLLIN, 0};
    if (ppoll(&descriptor, 1, timeout, nullptr) >= 0 || errno == EINTR)
        return Polled::look_again;
    failure.set(-errno, nflogcap_strerror(-errno));
    return Polled::failed;
}

} // namespace binding
