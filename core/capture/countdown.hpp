// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace nflog {

// The remaining time of a timeout that covers several waits: -1 (for ever), 0 (none left) or
// milliseconds.
class Countdown {
public:
    explicit Countdown(int timeout_ms) noexcept : timeout_ms_(timeout_ms)
    {
        if (timeout_ms >= 0)
            end_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
    }

    [[nodiscard]] int remaining_ms() const noexcept
    {
        if (timeout_ms_ <= 0)
            return timeout_ms_;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }

    // Whether the timeout ended `time` ago or earlier.
    [[nodiscard]] bool is_over_by(std::chrono::milliseconds time) const noexcept
    {
        return timeout_ms_ >= 0 && Clock::now() - end_ >= time;
    }

private:
    using Clock = std::chrono::steady_clock;
    int timeout_ms_;
    Clock::time_point end_;
};

} // namespace nflog
