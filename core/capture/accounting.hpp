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

// Everything that a capture counts, over all its starts: packets, gaps, dropped batches, and
// packets of other groups in a savefile. The owner's thread counts; any thread reads.
class Accounting {
public:
    // Adds a group to count. Returns its place, which never changes. Throws Error (EEXIST).
    std::size_t add_group(std::uint16_t group);
    // Undoes add_group().
    void take_back_group(std::size_t place) noexcept;
    // The place of a captured group. Throws Error (ENOENT); `what` names the action in its text.
    [[nodiscard]] std::size_t place_of(std::uint16_t group, const char* what) const;
    // Packets that arrive until its binding ends are still counted, and its counters stay.
    void remove_group(std::size_t place) noexcept;
    // In ascending order.
    [[nodiscard]] std::vector<std::uint16_t> groups() const;
    [[nodiscard]] std::vector<GroupPlace> places() const;

    // Packets received from now on of the group at that place belong to a new binding; after
    // end_binding(), to none.
    void begin_binding(std::size_t place) noexcept;
    void end_binding(std::size_t place) noexcept;

    void restart(bool is_live) noexcept;
    // Called after restart(): from now on until the next restart, another process can continue this
    // live capture.
    void attach(HandoverState& state) noexcept;
    // Called instead of attach(): continues the capture of another process. Removed groups have
    // places too, if packets of theirs may still arrive.
    void adopt(HandoverState& state, const std::vector<GroupPlace>& places) noexcept;

    // The program has finished with the packets that it received.
    void mark() noexcept
    {
        if (current_ != nullptr)
            current_->mark();
    }
    // For a captured group. Throws Error (ENOENT).
    void expect(std::uint16_t group, std::uint32_t number);
    [[nodiscard]] std::uint32_t expected(std::uint16_t group) const;

    // Counts a packet and sets its lost_before. nullptr: the packet is not part of the capture.
    GroupCounters* receive(nflogcap_packet& packet) noexcept
    {
        // Each batch of the kernel has packets of one group, so usually no look-up is needed.
        const bool is_of_batch = current_ != nullptr && current_->group() == packet.group;
        GroupCounters* group = is_of_batch ? current_ : captured(packet.group);
        if (group == nullptr) [[unlikely]] {
            group = counters_of_others();
            if (group == nullptr)
                return nullptr;
        }
        return group->receive(packet) ? group : nullptr;
    }

    void add_malformed(std::uint64_t count) noexcept { malformed_.add(count); }

    // Counts a batch. `group` is the group of its first packet. Returns that group's counters, or
    // nullptr if it was not added. finish_batch() must be called when all its packets are counted.
    GroupCounters* receive_batch(std::optional<std::uint16_t> group, const Batch& batch) noexcept;
    void finish_batch() noexcept;

    // Whether looking at the queue can show that dropped batches are accounted for. The owner
    // looks, because a batch that it has just received may be older than the queue that another
    // thread sees.
    [[nodiscard]] bool wants_look() const noexcept
    {
        return refused_.is_unsettled() || is_look_wanted_.load(std::memory_order_relaxed);
    }
    void look_at(const std::optional<SocketQueue>& queue) noexcept;

    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return groups_.place(group);
    }

    // Any thread. Sets all counters except those of the socket buffer and the delivery.
    void read(nflogcap_stats& stats, const std::optional<SocketQueue>& queue) noexcept;
    // False if the group was not added.
    bool read(std::uint16_t group, nflogcap_stats& stats) const noexcept;

private:
    // The kernel may still send packets of a removed group.
    GroupCounters* captured(std::uint16_t number) noexcept
    {
        GroupCounters* group = groups_.find(number);
        return group != nullptr && (is_live_ || group->is_captured()) ? group : nullptr;
    }
    GroupCounters* counters_of_others() noexcept;
    [[nodiscard]] bool is_every_number_known() const noexcept;
    [[nodiscard]] std::uint64_t unaccounted(std::uint64_t refused) const noexcept;

    mutable std::mutex mutex_; // guards the table groups_, refused_ and the members after it
    GroupTable groups_;
    GroupCounters others_{0}; // packets of groups that were not added; they occur only in savefiles
    bool is_live_ = true;
    HandoverState* state_ = nullptr; // only of a live capture
    Counter malformed_;
    Counter truncated_;
    Counter batches_;
    Counter bytes_;
    GroupCounters* current_ = nullptr; // the group of the current batch
    RefusedBatches refused_;
    std::atomic<bool> is_look_wanted_ = false;
    std::uint64_t proven_ = 0; // dropped batches with all packets, of any group, counted in lost
    std::uint64_t never_accounted_ = 0; // batches that no later packet can settle
};

} // namespace nflog
