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

// What arrived from one spool of a group: counts, and the missing chunks.
struct SpoolLedger {
    std::string identity;
    std::uint64_t chunk = 0;       // number of the last chunk
    spool::Account account;        // account of the last chunk
    std::uint64_t first_chunk = 0; // number of the first chunk that arrived
    std::uint64_t first_session = 0;
    std::uint64_t stored = 0;  // packets that were stored
    std::uint64_t missing = 0; // packets in missing chunks
    std::uint64_t missing_chunks = 0;
    Holes holes;
    Stretches stretches;

    [[nodiscard]] Sums sums() const;
};

// The account of one group of one host: the sum over all spools of this host.
class Ledger {
public:
    // The maximum number of spools that have their own ledger, so that late messages of an older
    // spool can be counted. Of spools before these, only the sums are kept.
    static constexpr std::size_t max_spools = 4;

    enum class Entry {
        stored,   // the message's packets must be written; they count as stored
        repeated, // the chunk was stored before
        refused,  // the message's counts contradict those of other chunks
    };
    struct Result {
        Entry entry = Entry::stored;
        const char* why = ""; // the reason if the message is refused
    };
    Result enter(const std::string& identity, const spool::Chunk& chunk);

    // Counts a damaged message of this group.
    void count_refused() { refused_ = saturated(refused_, 1); }

    [[nodiscard]] Sums sums() const;
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    // Returns the time of the last account, by the host's clock; 0: no account arrived.
    [[nodiscard]] std::uint64_t last_seen() const;
    // Returns the times between sessions and between spools, in which the group was not bound.
    [[nodiscard]] std::vector<Stretch> stretches() const;
    // Returns the time since when the group is not bound. Returns 0 if it is bound, or if this is
    // unknown.
    [[nodiscard]] std::uint64_t unbound_since() const;

    // Returns the spools in the order in which their first messages arrived.
    [[nodiscard]] const std::vector<SpoolLedger>& spools() const { return spools_; }
    [[nodiscard]] const Sums& past() const { return past_; }
    [[nodiscard]] const Stretches& past_stretches() const { return past_stretches_; }

    // Restores the values of a saved state.
    void restore(std::uint64_t refused, const Sums& past, Stretches past_stretches,
                 std::vector<SpoolLedger> spools);

private:
    SpoolLedger& spool_of(const std::string& identity);
    void close_oldest();

    std::vector<SpoolLedger> spools_;
    Sums past_; // sums of the spools that have no ledger any more
    Stretches past_stretches_;
    std::uint64_t refused_ = 0;
};

} // namespace fleet
