// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <chrono>

namespace nflog {

// One descriptor to wait on for all that a capture may have to say: readable while one that it
// watches is, while the bell rings, and after the alarm.
class Readiness {
public:
    Readiness();

    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

    void watch(int fd);
    void unwatch(int fd) noexcept; // before it is closed: a child of fork() may hold it too

    // Any thread, any signal handler; errno is kept.
    void ring() noexcept;
    // Ends the ringing, whoever began it.
    void hush() noexcept;

    // Readable from then on, until it is cancelled.
    void set_alarm(std::chrono::milliseconds from_now);
    void cancel_alarm() noexcept;

    struct Wake {
        int error; // 0, or an errno: EINTR
        bool timed_out;
        bool bell; // it rings
    };
    // Waits so long at the most; -1 for ever.
    Wake wait(int timeout_ms) noexcept;

private:
    FileDescriptor epoll_;
    FileDescriptor bell_;
    FileDescriptor alarm_;
};

} // namespace nflog
