// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fleet {

// A time in which a group was not bound, and packets that it logged have no number: from the last
// account of one session to the binding of the next. Times are the host's, in nanoseconds since the
// Unix epoch.
struct Stretch {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    // The accounts on both sides: a late chunk can make the stretch shorter.
    std::uint64_t chunk_before = 0;
    std::uint64_t session_before = 0;
    std::uint64_t chunk_after = 0;
    std::uint64_t session_after = 0;
};

// The stretches of one spool, in order. Their number is limited, so that memory stays bounded;
// beyond the limit the oldest is forgotten.
class Stretches {
public:
    static constexpr std::size_t max_kept = 128;

    void add(const Stretch& stretch);
    // For two consecutive chunks of different sessions.
    void add_between(std::uint64_t chunk, const spool::Account& account, std::uint64_t next_chunk,
                     const spool::Account& next);
    // For a late chunk before the first one that arrived.
    void add_first(const Stretch& stretch);
    // For a late chunk between two others.
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
