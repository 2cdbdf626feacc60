// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <pthread.h>

namespace nflog {

// Delays pthread_cancel() of the calling thread while this object exists. The thread can be
// cancelled only in suspended(), because the library's state is consistent there. glibc cancels a
// thread by an exception, which would end the process in a noexcept function.
class CancellationOff {
public:
    CancellationOff() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &callers_); }
    ~CancellationOff() { pthread_setcancelstate(callers_, nullptr); }
    CancellationOff(const CancellationOff&) = delete;
    CancellationOff(CancellationOff&&) = delete;
    CancellationOff& operator=(const CancellationOff&) = delete;
    CancellationOff& operator=(CancellationOff&&) = delete;

    // Calls `wait` with the caller's own cancellation state, so that the thread can be cancelled
    // during this call.
    template <typename Wait>
    [[nodiscard]] auto suspended(Wait wait) const
    {
        pthread_setcancelstate(callers_, nullptr);
        const auto result = wait();
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
        return result;
    }

private:
    int callers_ = PTHREAD_CANCEL_ENABLE;
};

} // namespace nflog
