// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fleet {

// A hole: a range of missing chunks of one spool and group. The number of its packets is known
// exactly, because the accounts around it have cumulative totals.
struct Hole {
    std::uint64_t first = 0;  // number of the first missing chunk
    std::uint64_t last = 0;   // number of the last missing chunk
    std::uint64_t before = 0; // total of the packets in the chunks before the hole
    std::uint64_t packets = 0;

    [[nodiscard]] std::uint64_t chunks() const { return last - first + 1; }
};

// Holes in ascending order, with received chunks between them. Their number is limited, so that no
// host can make memory grow. Beyond the limit the oldest hole is forgotten: if one of its chunks
// arrives later, it is refused like a repetition.
class Holes {
public:
    static constexpr std::size_t max_ranges = 256;

    // Adds a hole after all others.
    void add(const Hole& hole);

    enum class Fill { filled, not_missing, contradicts };
    // Removes a late chunk from its hole. Refuses the chunk if the totals of its account contradict
    // those of the hole.
    Fill fill(std::uint64_t chunk, const spool::Account& account);

    [[nodiscard]] const std::vector<Hole>& ranges() const { return ranges_; }
    // Returns the number of chunks in forgotten holes.
    [[nodiscard]] std::uint64_t unnamed_chunks() const { return unnamed_; }
    void add_unnamed(std::uint64_t chunks);

private:
    void forget_oldest();

    std::vector<Hole> ranges_;
    std::uint64_t unnamed_ = 0;
};

} // namespace fleet
