// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cancellation.hpp"
#include "epoll.hpp"
#include "file_descriptor.hpp"

namespace nflog {

// The descriptor on which a capture's user waits, and the wait itself. The descriptor is readable
// in three cases: one of the source's descriptors is readable; signal() was called and
// clear_signal() was not; show() has reported that packets are queued in the library or that the
// capture has ended.
class Readiness {
public:
    Readiness(); // Throws Error.

    // Returns the descriptor. After this the program may wait on it, so the capture must call
    // show() after each change.
    int fd(bool is_ready);
    [[nodiscard]] bool is_watched() const noexcept { return is_watched_; }
    [[nodiscard]] Epoll& epoll() noexcept { return epoll_; }

    // Any thread and any signal handler can call these. They keep errno. Callers set their flag
    // before they signal. Therefore no request is lost if the signal is cleared before the flags
    // are read.
    void signal() noexcept;
    void clear_signal() noexcept;
    // A descriptor that is readable from signal() to clear_signal().
    [[nodiscard]] int signal_fd() const noexcept { return signal_.get(); }

    // `is_ready`: whether next() would return at once for a reason that only the library knows.
    // Only the owner's thread can call this.
    void show(bool is_ready) noexcept
    {
        if (is_ready != is_shown_)
            change(is_ready);
    }

    enum class Wake { ready, signalled, timeout, interrupted };
    // Waits up to `timeout_ms`; -1: for ever. The thread can be cancelled during the wait. Throws
    // Error.
    Wake wait(int timeout_ms, const CancellationOff& cancellation);

private:
    void change(bool is_ready) noexcept;

    Epoll epoll_;
    FileDescriptor signal_; // eventfd that other threads write
    FileDescriptor level_;  // eventfd that only the owner's thread writes
    bool is_watched_ = false;
    bool is_shown_ = false;
};

} // namespace nflog
