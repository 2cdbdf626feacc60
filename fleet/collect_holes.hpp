// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fleet {

// A range of missing chunks of one spool and group. The number of their packets is known exactly,
// because totals are cumulative.
struct Hole {
    std::uint64_t first = 0;  // chunk
    std::uint64_t last = 0;   // chunk
    std::uint64_t before = 0; // total of packets in the chunks before the first
    std::uint64_t packets = 0;

    [[nodiscard]] std::uint64_t chunks() const { return last - first + 1; }
};

// Ranges that are ordered and do not touch. Their number is limited, so that memory stays bounded
// whatever a host sends. Beyond the limit the oldest range is forgotten, and its chunks are refused
// as repetitions.
class Holes {
public:
    static constexpr std::size_t max_ranges = 256;

    // Adds a range after all others.
    void add(const Hole& hole);

    enum class Fill { filled, not_missing, contradicts };
    // Removes a late chunk, given with its account. It is refused if its totals do not fit into the
    // hole.
    Fill fill(std::uint64_t chunk, const spool::Account& account);

    [[nodiscard]] const std::vector<Hole>& ranges() const { return ranges_; }
    // Chunks of the forgotten ranges.
    [[nodiscard]] std::uint64_t unnamed_chunks() const { return unnamed_; }
    void add_unnamed(std::uint64_t chunks);

private:
    void forget_oldest();

    std::vector<Hole> ranges_;
    std::uint64_t unnamed_ = 0;
};

} // namespace fleet
