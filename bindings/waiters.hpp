// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>

namespace binding {

// Counts the threads that wait on a descriptor, so that the descriptor is closed only after they
// have left.
class Waiters {
public:
    void enter()
    {
        const std::lock_guard lock(mutex_);
        ++count_;
    }

    void leave()
    {
        const std::lock_guard lock(mutex_);
        if (--count_ == 0)
            all_left_.notify_all();
    }

    void await_leaving()
    {
        std::unique_lock lock(mutex_);
        all_left_.wait(lock, [this] { return count_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable all_left_;
    int count_ = 0;
};

} // namespace binding
