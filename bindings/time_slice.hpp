// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <ctime>

namespace binding {

// Decides when a reader in an event loop must let the loop's other tasks run, if packets arrive
// without a pause. One turn of a loop costs as much as about 20 packets. The slice is long, so that
// turns cost little in total, but short, so that timers fire in time.
class TimeSlice {
public:
    // Ends the slice. Call this when the reader has let other tasks run, or is about to wait.
    void end() noexcept { begin_ns_ = 0; }

    // Returns whether the slice is over. It lasts a few milliseconds, from the first call after
    // end().
    bool is_over() noexcept
    {
        constexpr std::uint64_t slice_ns = 1'000'000;
        constexpr std::uint64_t ns_per_second = 1'000'000'000;
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC_COARSE,
                      // This clock has the time of the kernel's last tick, and reading it takes a
                      // few ns.
                      &now);
        const auto now_ns = static_cast<std::uint64_t>(now.tv_sec) * ns_per_second +
                            static_cast<std::uint64_t>(now.tv_nsec);
        if (begin_ns_ == 0)
            begin_ns_ = now_ns;
        return now_ns - begin_ns_ >= slice_ns;
    }

private:
    std::uint64_t begin_ns_ = 0; // 0: no slice has begun
};

} // namespace binding
