// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <sys/types.h>
#include <unistd.h>

namespace binding {

// A mutex that a child of fork() can always lock. If a thread of the parent held the mutex at the
// fork, that thread does not exist in the child, and would never unlock the child's copy.
class ProcessLock {
public:
    void lock() noexcept
    {
        const pid_t mine = getpid();
        for (pid_t holder = nobody; !holder_.compare_exchange_weak(holder, mine);) {
            if (holder == mine) {
                holder_.wait(mine);
                holder = nobody;
            }
        }
    }

    void unlock() noexcept
    {
        holder_ = nobody;
        holder_.notify_one();
    }

private:
    static constexpr pid_t nobody = 0;

    std::atomic<pid_t> holder_ = nobody; // process of the thread that holds the mutex
};

} // namespace binding
