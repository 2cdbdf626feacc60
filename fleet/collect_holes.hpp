// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fleet {

// Chunks of one spool and group that did not come, next to each other. Because totals are
// cumulative, their packets are known to the packet.
struct Hole {
    std::uint64_t first = 0;  // chunk
    std::uint64_t last = 0;   // chunk
    std::uint64_t before = 0; // total of the chunks before the first
    std::uint64_t packets = 0;

    [[nodiscard]] std::uint64_t chunks() const { return last - first + 1; }
};

// Ranges, in order and apart from each other. There are at most so many that memory stays bounded
// whatever a host sends; the oldest goes then, and its chunks are refused as repetitions.
class Holes {
public:
    static constexpr std::size_t max_ranges = 256;

    // Behind all others.
    void add(const Hole& hole);

    enum class Fill { filled, not_missing, contradicts };
    // A late chunk with its account. It contradicts if its totals do not fit into the hole.
    Fill fill(std::uint64_t chunk, const spool::Account& account);

    [[nodiscard]] const std::vector<Hole>& ranges() const { return ranges_; }
    // Chunks of ranges that went.
    [[nodiscard]] std::uint64_t unnamed_chunks() const { return unnamed_; }
    void add_unnamed(std::uint64_t chunks);

private:
    void forget_oldest();

    std::vector<Hole> ranges_;
    std::uint64_t unnamed_ = 0;
};

} // namespace fleet
