// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace nflog {

// Determines whether the packets of a group arrive so fast that it is worthwhile to gather them.
// Between the slow and the fast rate the state does not change, so that it does not alternate at a
// steady rate near one of them.
class RateSwitch {
public:
    // A reader needs about 10 us for each message. Gathering packets into one message saves this
    // time, but delays a packet by up to the flush timeout. At 8,000 packets per second, single
    // messages take a twelfth of a CPU.
    static constexpr std::uint64_t window_ns = 50'000'000;
    static constexpr std::uint64_t fast_packets = 400; // per window: 8,000 per second
    static constexpr std::uint64_t slow_packets = 200; // per window: 4,000 per second

    // Called for each batch, with the time and the total number of the group's packets so far.
    bool fast(std::uint64_t now_ns, std::uint64_t packets) noexcept
    {
        // If the clock was set back, this is a huge number, and the product below overflows. The
        // result is then wrong for one window.
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
