// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"

#include <cerrno>
#include <ctime>

namespace binding {

// The moment at which a wait of some seconds ends; if the number is less than 0: never.
class Deadline {
public:
    explicit Deadline(double seconds) noexcept;

    // Sets `left` to the remaining time, for ppoll; NULL: for ever. False: the time is over.
    bool left(timespec& room, const timespec*& left) const noexcept;

private:
    bool never_;
    timespec at_{};
};

enum class Outcome {
    arrived,
    nothing, // no packet in time, or woken
    ended,   // stopped with all packets taken, or closed meanwhile
    failed,  // see the Failure
    raised,  // an exception of the language's is set
};

enum class Polled { look_again, failed, raised };

// Polls the descriptor until it is readable, a signal arrives or the time is over; NULL: no limit.
Polled poll_readable(int fd, const timespec* timeout, Failure& failure) noexcept;

// Converts the result of take() to the result of a loop's step: closing a capture ends a loop
// without an error, both while the loop waits and while its body runs.
constexpr int of_loop(int got) noexcept
{
    return got == -EBADF ? -ENODATA : got;
}

// Waits up to `seconds` (less than 0: for ever) until take() has something. take() returns the same
// as Handle::take(). poll(fd, timeout, failure) waits on the descriptor in the way of the language,
// so that signals are handled and other threads run. No frame of this function has a destructor,
// because some languages leave poll() by longjmp.
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
