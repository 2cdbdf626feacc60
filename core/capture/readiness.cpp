// SPDX-License-Identifier: GPL-2.0-or-later
#include "readiness.hpp"

#include "error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace nflog {

namespace {

int checked(int fd, const char* what)
{
    if (fd < 0)
        throw system_failure(std::string("cannot create ") + what, errno);
    return fd;
}

} // namespace

Readiness::Readiness()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "an epoll descriptor")),
      bell_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "an event descriptor"))
{
    watch(bell_.get());
}

void Readiness::watch(int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "an epoll watch");
}

void Readiness::unwatch(int fd) noexcept
{
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Readiness::ring() noexcept
{
    const int kept = errno;
    const std::uint64_t once = 1;
    // It fails only when it rings already, and has been rung 2^64 times.
    [[maybe_unused]] const ssize_t written = write(bell_.get(), &once, sizeof once);
    errno = kept;
}

void Readiness::hush() noexcept
{
    std::uint64_t times = 0;
    // It fails only when it does not ring.
    [[maybe_unused]] const ssize_t got = read(bell_.get(), &times, sizeof times);
}

void Readiness::set_alarm(std::chrono::milliseconds from_now)
{
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    // A time of 0 would be no alarm at all.
    const nanoseconds time = std::max(nanoseconds(from_now), nanoseconds(1));
    const auto whole = std::chrono::floor<seconds>(time);
    itimerspec when{};
    when.it_value.tv_sec = whole.count();
    when.it_value.tv_nsec = (time - whole).count();
    alarm_ = FileDescriptor(
        checked(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "a timer"));
    checked(timerfd_settime(alarm_.get(), 0, &when, nullptr), "a timer");
    watch(alarm_.get());
}

void Readiness::cancel_alarm() noexcept
{
    unwatch(alarm_.get());
    alarm_ = FileDescriptor();
}

Readiness::Wake Readiness::wait(int timeout_ms) noexcept
{
    std::array<epoll_event, 3> events{};
    const int n = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
    if (n < 0)
        return {errno, false, false};
    const auto rings = [&](const epoll_event& event) { return event.data.fd == bell_.get(); };
    return {0, n == 0, std::any_of(events.begin(), events.begin() + n, rings)};
}

} // namespace nflog
