// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "counter.hpp"
#include "group_table.hpp"
#include "handover_state.hpp"
#include "refused_batches.hpp"
#include "source.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <nflogcap.h>
#include <optional>
#include <vector>

namespace nflog {

// Everything that a capture counts, over all its starts: packets, gaps, refused batches, packets of
// other groups in a savefile. The owner's thread counts; any thread reads.
class Accounting {
public:
    // Counts the group's packets too. Returns its place, which stays its own. Throws Error
    // (EEXIST).
    std::size_t add_group(std::uint16_t group);
    // As if it had not been added.
    void take_back_group(std::size_t place) noexcept;
    // Of a captured group. Throws Error (ENOENT): `what` cannot be done with it.
    [[nodiscard]] std::size_t place_of(std::uint16_t group, const char* what) const;
    // What comes of it until its binding ends is still counted, and its counters stay.
    void remove_group(std::size_t place) noexcept;
    // In ascending order.
    [[nodiscard]] std::vector<std::uint16_t> groups() const;
    [[nodiscard]] std::vector<GroupPlace> places() const;

    // What is received from now on of the group at that place is of a new binding, and then of
    // none.
    void begin_binding(std::size_t place) noexcept;
    void end_binding(std::size_t place) noexcept;

    void restart(bool is_live) noexcept;
    // After it: from now on until the next restart others can go on with this live capture.
    void attach(HandoverState& state) noexcept;
    // Instead of attach(): goes on with the capture of another process. Groups that were removed
    // have places too, if packets of theirs may still come.
    void adopt(HandoverState& state, const std::vector<GroupPlace>& places) noexcept;

    // The program has done with the packets that it got.
    void mark() noexcept
    {
        if (current_ != nullptr)
            current_->mark();
    }
    // Of a captured group. Throws Error (ENOENT).
    void expect(std::uint16_t group, std::uint32_t number);
    [[nodiscard]] std::uint32_t expected(std::uint16_t group) const;

    // Counts a packet and sets its lost_before. nullptr: it is not part of the capture.
    GroupCounters* receive(nflogcap_packet& packet) noexcept
    {
        // The kernel's batches are of one group, so usually no look-up is needed.
        const bool is_of_batch = current_ != nullptr && current_->group() == packet.group;
        GroupCounters* group = is_of_batch ? current_ : captured(packet.group);
        if (group == nullptr) [[unlikely]] {
            group = stranger();
            if (group == nullptr)
                return nullptr;
        }
        return group->receive(packet) ? group : nullptr;
    }

    void add_malformed(std::uint64_t count) noexcept { malformed_.add(count); }

    // Counts a batch, whose first packet is of `group`; returns that group's counters, nullptr if
    // it was not added. finish_batch() is called when all its packets are counted.
    GroupCounters* receive_batch(std::optional<std::uint16_t> group, const Batch& batch) noexcept;
    void finish_batch() noexcept;

    // Whether a look at the queue can settle what is unaccounted. The owner looks, because a batch
    // that it has just received may be older than what another thread sees.
    [[nodiscard]] bool wants_look() const noexcept
    {
        return refused_.is_unsettled() || is_look_wanted_.load(std::memory_order_relaxed);
    }
    void look_at(const std::optional<SocketQueue>& queue) noexcept;

    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return groups_.place(group);
    }

    // Any thread. Sets all counters but those of the socket buffer and the delivery.
    void read(nflogcap_stats& stats, const std::optional<SocketQueue>& queue) noexcept;
    // False if the group was not added.
    bool read(std::uint16_t group, nflogcap_stats& stats) const noexcept;

private:
    // Packets of a removed group may still come from the kernel.
    GroupCounters* captured(std::uint16_t number) noexcept
    {
        GroupCounters* group = groups_.find(number);
        return group != nullptr && (is_live_ || group->is_captured()) ? group : nullptr;
    }
    GroupCounters* stranger() noexcept;
    [[nodiscard]] bool is_every_number_known() const noexcept;
    [[nodiscard]] std::uint64_t unaccounted(std::uint64_t refused) const noexcept;

    mutable std::mutex mutex_; // guards groups_ as a table, refused_ and what follows it
    GroupTable groups_;
    GroupCounters others_{0}; // packets of groups that were not added: only savefiles have them
    bool is_live_ = true;
    HandoverState* state_ = nullptr; // of a live capture
    Counter malformed_;
    Counter truncated_;
    Counter batches_;
    Counter bytes_;
    GroupCounters* current_ = nullptr; // the group of the batch at hand
    RefusedBatches refused_;
    std::atomic<bool> is_look_wanted_ = false;
    std::uint64_t proven_ = 0;          // refused batches whose packets, of all groups, are in lost
    std::uint64_t never_accounted_ = 0; // batches that no later packet can settle
};

} // namespace nflog
