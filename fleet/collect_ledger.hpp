// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"
#include "chunk.hpp"
#include "collect_holes.hpp"
#include "collect_stretches.hpp"
#include "collect_sums.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fleet {

// What arrived from one spool of a group.
struct SpoolLedger {
    std::string identity;
    std::uint64_t chunk = 0;       // the last one
    spool::Account account;        // of that chunk
    std::uint64_t first_chunk = 0; // the first one that arrived
    std::uint64_t first_session = 0;
    std::uint64_t stored = 0;  // packets
    std::uint64_t missing = 0; // packets
    std::uint64_t missing_chunks = 0;
    Holes holes;
    Stretches stretches;

    [[nodiscard]] Sums sums() const;
};

// The account of one group of one host, over all its spools.
class Ledger {
public:
    // The number of spools that are followed, so that late messages of an older spool find their
    // account. Of earlier spools only the sums are kept.
    static constexpr std::size_t max_spools = 4;

    enum class Entry {
        stored,   // its packets must be written; they count as stored
        repeated, // it was stored before
        refused,  // its counts contradict those of other chunks
    };
    struct Result {
        Entry entry = Entry::stored;
        const char* why = ""; // why it is refused
    };
    Result enter(const std::string& identity, const spool::Chunk& chunk);

    // Counts a damaged message of this group.
    void count_refused() { refused_ = saturated(refused_, 1); }

    [[nodiscard]] Sums sums() const;
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    // The time of the last account, by the host's clock; 0: no account arrived.
    [[nodiscard]] std::uint64_t last_seen() const;
    // Times between sessions and between spools.
    [[nodiscard]] std::vector<Stretch> stretches() const;
    // The time since when the group is not bound; 0: it is bound, or this is unknown.
    [[nodiscard]] std::uint64_t unbound_since() const;

    // In the order in which they first appeared.
    [[nodiscard]] const std::vector<SpoolLedger>& spools() const { return spools_; }
    [[nodiscard]] const Sums& past() const { return past_; }
    [[nodiscard]] const Stretches& past_stretches() const { return past_stretches_; }

    // Restores the saved values.
    void restore(std::uint64_t refused, const Sums& past, Stretches past_stretches,
                 std::vector<SpoolLedger> spools);

private:
    SpoolLedger& spool_of(const std::string& identity);
    void close_oldest();

    std::vector<SpoolLedger> spools_;
    Sums past_; // of spools that are no longer followed
    Stretches past_stretches_;
    std::uint64_t refused_ = 0;
};

} // namespace fleet
