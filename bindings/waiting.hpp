// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"

#include <cerrno>
#include <ctime>

namespace binding {

// The moment at which a wait of some seconds is over; of less than 0: never.
class Deadline {
public:
    explicit Deadline(double seconds) noexcept;

    // Sets `left` to what is left of it, for ppoll; NULL for ever. False: it is over.
    bool left(timespec& room, const timespec*& left) const noexcept;

private:
    bool never_;
    timespec at_{};
};

enum class Outcome {
    arrived,
    nothing, // none in time, or woken
    ended,   // stopped and drained, or closed meanwhile
    failed,  // the Failure says how
    raised,  // an exception of the language's is set
};

enum class Polled { look_again, failed, raised };

// Polls the descriptor until it is readable, a signal comes or the time is over; NULL: for ever.
Polled poll_readable(int fd, const timespec* timeout, Failure& failure) noexcept;

// Makes what take() returned what a loop's step came to: a close ends a loop quietly, whether the
// loop waits or its body runs.
constexpr int of_loop(int got) noexcept
{
    return got == -EBADF ? -ENODATA : got;
}

// Waits up to `seconds`, for ever if less than 0, until take() has something: it returns what
// Handle::take() does. poll(fd, timeout, failure) waits as the language does, on the descriptor,
// so that its signals are handled and its other threads run. No frame of this has a destructor,
// since some languages leave poll() by longjmp.
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
