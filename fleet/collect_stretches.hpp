// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fleet {

// A time in which a group was not bound: from the last account of one session until the group is
// bound in the next. Packets logged in this time have no number, and are not counted. Times are by
// the host's clock, in nanoseconds since the Unix epoch.
struct Stretch {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    // The chunks before and after the stretch. If a chunk between them arrives late, the stretch
    // becomes shorter.
    std::uint64_t chunk_before = 0;
    std::uint64_t session_before = 0;
    std::uint64_t chunk_after = 0;
    std::uint64_t session_after = 0;
};

// The stretches of one spool, in ascending order. Their number is limited, so that no host can make
// memory grow. Beyond the limit the oldest stretch is forgotten.
class Stretches {
public:
    static constexpr std::size_t max_kept = 128;

    void add(const Stretch& stretch);
    // Adds the stretch between two consecutive chunks, if they are of different sessions.
    void add_between(std::uint64_t chunk, const spool::Account& account, std::uint64_t next_chunk,
                     const spool::Account& next);
    // Adds a stretch after a late chunk: the chunk is before the first one that arrived.
    void add_first(const Stretch& stretch);
    // Shortens or divides a stretch because of a late chunk inside it.
    void add_late(std::uint64_t chunk, const spool::Account& account);

    [[nodiscard]] const std::vector<Stretch>& all() const { return stretches_; }
    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
    void add_forgotten(std::uint64_t count);

private:
    void forget_surplus();

    std::vector<Stretch> stretches_;
    std::uint64_t forgotten_ = 0;
};

} // namespace fleet
