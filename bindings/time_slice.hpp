// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <ctime>

namespace binding {

// Determines when a reader in an event loop, while packets come without a pause, must let the
// loop's other tasks run. One turn of a loop costs about as much as 20 packets: the slice is so
// long that turns cost little, and so short that timers fire in time.
class TimeSlice {
public:
    // The reader has let other tasks run, or is about to wait.
    void end() noexcept { begin_ns_ = 0; }

    // Whether the slice is over; it lasts a few milliseconds. The first call after end() begins it.
    bool is_over() noexcept
    {
        constexpr std::uint64_t slice_ns = 1'000'000;
        constexpr std::uint64_t ns_per_second = 1'000'000'000;
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC_COARSE,
                      &now); // takes a few ns; the time of the kernel's last tick
        const auto now_ns = static_cast<std::uint64_t>(now.tv_sec) * ns_per_second +
                            static_cast<std::uint64_t>(now.tv_nsec);
        if (begin_ns_ == 0)
            begin_ns_ = now_ns;
        return now_ns - begin_ns_ >= slice_ns;
    }

private:
    std::uint64_t begin_ns_ = 0; // 0: the slice has not begun
};

} // namespace binding
