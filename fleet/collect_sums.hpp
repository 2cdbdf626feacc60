// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <limits>

namespace fleet {

// Returns a sum that does not overflow, because a host can send any count.
constexpr std::uint64_t saturated(std::uint64_t one, std::uint64_t other)
{
    constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    return one > max - other ? max : one + other;
}

// The sums of packets up to the last account that arrived:
//
//    logged while bound = stored + filtered + lost + missing
//
// Packets that are still in the spool are not included.
struct Sums {
    std::uint64_t stored = 0;
    std::uint64_t filtered = 0;
    std::uint64_t lost = 0;
    std::uint64_t missing = 0;
    std::uint64_t dropped = 0;        // missing packets that the spool dropped
    std::uint64_t missing_chunks = 0; // number of missing chunks

    [[nodiscard]] std::uint64_t logged() const
    {
        return saturated(saturated(stored, filtered), saturated(lost, missing));
    }
    Sums& operator+=(const Sums& other)
    {
        stored = saturated(stored, other.stored);
        filtered = saturated(filtered, other.filtered);
        lost = saturated(lost, other.lost);
        missing = saturated(missing, other.missing);
        dropped = saturated(dropped, other.dropped);
        missing_chunks = saturated(missing_chunks, other.missing_chunks);
        return *this;
    }
};

} // namespace fleet
