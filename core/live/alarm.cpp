// SPDX-License-Identifier: GPL-2.0-or-later
#include "alarm.hpp"

#include "error.hpp"

#include <cerrno>
#include <sys/timerfd.h>

namespace nflog {

// CLOCK_MONOTONIC is the clock of std::chrono::steady_clock.
Alarm::Alarm(std::chrono::steady_clock::time_point at)
    : timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK))
{
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    const nanoseconds since_boot = at.time_since_epoch();
    const auto whole = std::chrono::floor<seconds>(since_boot);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(whole.count());
    when.it_value.tv_nsec =
        static_cast<decltype(when.it_value.tv_nsec)>((since_boot - whole).count());
    if (fd() < 0 || timerfd_settime(fd(), TFD_TIMER_ABSTIME, &when, nullptr) < 0)
        throw system_failure("cannot create a timer", errno);
}

} // namespace nflog
