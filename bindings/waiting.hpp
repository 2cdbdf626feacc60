// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"

#include <cerrno>
#include <ctime>

namespace binding {

// The end of a wait of some seconds. If the number of seconds is less than 0, the wait never ends.
class Deadline {
public:
    explicit Deadline(double seconds) noexcept;

    // Sets `left` to the remaining time for ppoll(); NULL: no limit. Returns false if the time is
    // over.
    bool left(timespec& room, const timespec*& left) const noexcept;

private:
    bool never_;
    timespec at_{};
};

enum class Outcome {
    arrived,
    nothing, // no packet arrived in time, or the capture was woken
    ended,   // the capture was stopped and all packets were taken, or it was closed meanwhile
    failed,  // the call failed: see the Failure
    raised,  // an exception of the language is set
};

enum class Polled { look_again, failed, raised };

// Polls the descriptor until it is readable, a signal arrives or the timeout has passed. `timeout`
// NULL: no limit.
Polled poll_readable(int fd, const timespec* timeout, Failure& failure) noexcept;

// Converts the result of take() to the result of a loop's step. If a capture is closed while a loop
// waits or while its body runs, the loop ends without an error.
constexpr int of_loop(int got) noexcept
{
    return got == -EBADF ? -ENODATA : got;
}

// Waits up to `seconds` (less than 0: for ever) until take() returns something. take() returns the
// same values as Handle::take(). poll(fd, timeout, failure) waits on the descriptor; each language
// has its own, so that signals are handled and other threads run. Functions between here and poll()
// have no destructors, because some languages leave poll() by longjmp.
template <typename Take, typename Poll>
Outcome await(Handle& handle, double seconds, Failure& failure, Take take, Poll poll)
{
    int got = take();
    if (got > 0)
        return Outcome::arrived;
    const Deadline deadline(got == 0 ? seconds : 0);
    for (bool waited = false;; waited = true, got = take()) {
        if (got > 0)
            return Outcome::arrived;
        if (got == -ENODATA || (got == -EBADF && waited))
            return Outcome::ended;
        if (got == -ECANCELED)
            return Outcome::nothing;
        if (got != 0) {
            handle.explain(got, failure);
            return Outcome::failed;
        }
        timespec room{};
        const timespec* left = nullptr;
        if (!deadline.left(room, left))
            return Outcome::nothing;
        const int fd = handle.fd(failure);
        if (failure.code != 0)
            return Outcome::failed;
        switch (poll(fd, left, failure)) {
        case Polled::look_again:
            break;
        case Polled::failed:
            return Outcome::failed;
        case Polled::raised:
            return Outcome::raised;
        }
    }
}

} // namespace binding
