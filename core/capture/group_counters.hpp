// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <utility>
#include <vector>

namespace nflog {

// One group's counters, and its losses from the gaps in the kernel's numbering.
class GroupCounters {
public:
    explicit GroupCounters(std::uint16_t group) : group_(group) {}

    // The kernel numbers a group's packets from 0 at each binding, as it builds their messages and
    // before it sends them: what is missing was lost. What is missing in a savefile may as well
    // have been left out of it.
    void restart(std::uint64_t refused, bool gaps_are_losses = true) noexcept
    {
        expected_ = 0;
        settled_ = refused;
        untold_ = 0;
        number_ = gaps_are_losses ? NFLOGCAP_HAS_SEQ : 0;
    }

    // Counts a packet that was received and says in it how many were lost before it.
    void receive(nflogcap_packet& packet) noexcept
    {
        ++stats_.received;
        if ((packet.present & number_) == 0)
            return;
        const std::uint32_t gap = packet.seq - expected_;
        expected_ = packet.seq + 1;
        if (gap == 0)
            return;
        // A number from the past is no loss; the kernel sends none.
        constexpr std::uint32_t past = UINT32_C(1) << 31;
        if (gap < past) {
            packet.lost_before = gap;
            stats_.lost += gap;
        }
    }

    // Of a packet that was received, one of the two. What was lost before one that the filter
    // rejects is told by the group's next that it accepts.
    void deliver(nflogcap_packet& packet) noexcept
    {
        ++stats_.delivered;
        if (untold_ > 0) [[unlikely]]
            packet.lost_before += std::exchange(untold_, 0);
    }
    void reject(const nflogcap_packet& packet) noexcept
    {
        ++stats_.filtered;
        untold_ += packet.lost_before;
    }

    // Counts a packet of a savefile that is of a group which is not asked for.
    void skip() noexcept
    {
        ++stats_.received;
        ++stats_.filtered;
    }

    // Counts a batch that the socket took after it had refused that many for certain: whatever of
    // this group was in them, the numbers of the packets in this one show.
    void receive_batch(std::size_t bytes, std::uint64_t refused) noexcept
    {
        ++stats_.batches;
        stats_.bytes += bytes;
        settled_ = refused;
    }

    // How many of the batches that the socket refused are certain to be in lost.
    [[nodiscard]] std::uint64_t settled() const noexcept { return settled_; }

    [[nodiscard]] std::uint16_t group() const noexcept { return group_; }
    [[nodiscard]] const nflogcap_stats& stats() const noexcept { return stats_; }

private:
    std::uint16_t group_;
    std::uint32_t expected_ = 0;
    std::uint64_t number_ = NFLOGCAP_HAS_SEQ; // that shows a loss; 0: none does
    std::uint64_t settled_ = 0;
    std::uint64_t untold_ = 0; // lost before packets that were rejected since the last delivered
    nflogcap_stats stats_{};
};

// The counters of all groups of a capture, by group. The place of each is remembered by the last
// bits of its number, which differ where groups are numbered in a row: those are found at once.
class GroupTable {
public:
    // False where it is there already.
    bool add(std::uint16_t group);
    // nullptr where it is not there.
    GroupCounters* find(std::uint16_t group) noexcept
    {
        if (groups_.empty())
            return nullptr;
        GroupCounters& last = groups_[places_[group % places_.size()]];
        return last.group() == group ? &last : search(group);
    }

    // The place of one of them in the order of their numbers.
    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return static_cast<std::size_t>(&group - groups_.data());
    }

    auto begin() noexcept { return groups_.begin(); }
    [[nodiscard]] auto begin() const noexcept { return groups_.begin(); }
    auto end() noexcept { return groups_.end(); }
    [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }

private:
    GroupCounters* search(std::uint16_t group) noexcept;

    static constexpr std::size_t remembered = 1024;

    std::vector<GroupCounters> groups_;              // ascending
    std::array<std::uint16_t, remembered> places_{}; // in groups_, from which none is removed
};

} // namespace nflog
