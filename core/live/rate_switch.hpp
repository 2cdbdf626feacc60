// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace nflog {

// Tells whether the packets of a group come so fast that it pays to gather them. Between the rate
// at which they are fast and the one at which they are no longer, it stays with what it was: a
// steady rate near either does not make it flap.
class RateSwitch {
public:
    // A message a packet costs its reader some 10 us, and gathering them costs the packet up to the
    // flush timeout: at 8,000 a second the first is a twelfth of a CPU.
    static constexpr std::uint64_t window_ns = 50'000'000;
    static constexpr std::uint64_t fast_packets = 400; // a window: 8,000 a second
    static constexpr std::uint64_t slow_packets = 200; // a window: 4,000 a second

    // With each batch: the time, and how many packets of the group there were until then.
    bool fast(std::uint64_t now_ns, std::uint64_t packets) noexcept
    {
        // Where the clock was set back it is huge, and below it overflows: a wrong guess for a
        // window.
        const std::uint64_t elapsed = now_ns - since_ns_;
        const std::uint64_t came = packets - packets_then_;
        if (!fast_ && came >= fast_packets && elapsed <= window_ns)
            return begin(now_ns, packets, true);
        if (elapsed < window_ns)
            return fast_;
        return begin(now_ns, packets, fast_ && came * window_ns > slow_packets * elapsed);
    }

private:
    bool begin(std::uint64_t now_ns, std::uint64_t packets, bool fast) noexcept
    {
        since_ns_ = now_ns;
        packets_then_ = packets;
        fast_ = fast;
        return fast;
    }

    std::uint64_t since_ns_ = 0;
    std::uint64_t packets_then_ = 0;
    bool fast_ = false;
};

} // namespace nflog
