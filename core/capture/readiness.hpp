// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cancellation.hpp"
#include "epoll.hpp"
#include "file_descriptor.hpp"

namespace nflog {

// The descriptor that a capture's user waits on, and the wait itself. It is readable while one of
// the source's descriptors is readable, from signal() to clear_signal(), and while show() reports
// that packets are queued in the library or that the capture has ended.
class Readiness {
public:
    Readiness(); // Throws Error.

    // Returns the descriptor. From now on the program may wait on it, so the capture must call
    // show() after each change.
    int fd(bool is_ready);
    [[nodiscard]] bool is_watched() const noexcept { return is_watched_; }
    [[nodiscard]] Epoll& epoll() noexcept { return epoll_; }

    // Any thread, any signal handler; keeps errno. Callers set their flag before they signal, so
    // clearing the signal before reading the flags loses no signal.
    void signal() noexcept;
    void clear_signal() noexcept;
    // Readable from signal() to clear_signal().
    [[nodiscard]] int signal_fd() const noexcept { return signal_.get(); }

    // Sets whether next() would not block for reasons that only the library knows. The owner's
    // thread.
    void show(bool is_ready) noexcept
    {
        if (is_ready != is_shown_)
            change(is_ready);
    }

    enum class Wake { ready, signalled, timeout, interrupted };
    // Waits up to `timeout_ms`; -1: for ever. The thread can be cancelled meanwhile. Throws Error.
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
