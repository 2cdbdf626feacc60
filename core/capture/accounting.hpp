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

// All counts of a capture, over all its starts: packets, gaps, dropped batches, and packets of
// other groups in a savefile. Only the owner's thread counts. Any thread can read.
class Accounting {
public:
    // Adds a group to count. Returns its place, which never changes. Throws Error (EEXIST) if the
    // group has been added.
    std::size_t add_group(std::uint16_t group);
    // Undoes add_group().
    void take_back_group(std::size_t place) noexcept;
    // Returns the place of a captured group. Throws Error (ENOENT) if the group is not captured;
    // `what` names the action in the error's text.
    [[nodiscard]] std::size_t place_of(std::uint16_t group, const char* what) const;
    // Removes a group. Its packets are still counted until its binding ends, and its counters
    // remain.
    void remove_group(std::size_t place) noexcept;
    // The captured groups in ascending order.
    [[nodiscard]] std::vector<std::uint16_t> groups() const;
    [[nodiscard]] std::vector<GroupPlace> places() const;

    // After begin_binding(), received packets of the group at that place belong to a new binding.
    // After end_binding(), they belong to no binding.
    void begin_binding(std::size_t place) noexcept;
    void end_binding(std::size_t place) noexcept;

    void restart(bool is_live) noexcept;
    // Must be called after restart(). Until the next restart, another process can continue this
    // live capture.
    void attach(HandoverState& state) noexcept;
    // Called instead of attach(). Continues the capture of another process. `places` includes
    // removed groups if their packets may still arrive.
    void adopt(HandoverState& state, const std::vector<GroupPlace>& places) noexcept;

    // Notes that the program has finished with the packets that it received.
    void mark() noexcept
    {
        if (current_ != nullptr)
            current_->mark();
    }
    // The number of the group's next packet to count. The group must be captured; otherwise both
    // functions throw Error (ENOENT).
    void expect(std::uint16_t group, std::uint32_t number);
    [[nodiscard]] std::uint32_t expected(std::uint16_t group) const;

    // Counts a packet and sets its lost_before. Returns nullptr if the packet is not part of the
    // capture.
    GroupCounters* receive(nflogcap_packet& packet) noexcept
    {
        // Usually no look-up is needed, because a batch of the kernel has packets of one group.
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

    // Counts a batch. `group`: the group of its first packet. Returns the counters of this group,
    // or nullptr if the group was not added. finish_batch() must be called after all packets of the
    // batch are counted.
    GroupCounters* receive_batch(std::optional<std::uint16_t> group, const Batch& batch) noexcept;
    void finish_batch() noexcept;

    // Whether look_at() may show that dropped batches are accounted for. Only the owner's thread
    // calls look_at(): another thread may see a queue that is newer than the batch that the owner
    // has just received.
    [[nodiscard]] bool wants_look() const noexcept
    {
        return refused_.is_unsettled() || is_look_wanted_.load(std::memory_order_relaxed);
    }
    void look_at(const std::optional<SocketQueue>& queue) noexcept;

    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return groups_.place(group);
    }

    // Sets all counters except those of the socket buffer and the delivery. Any thread.
    void read(nflogcap_stats& stats, const std::optional<SocketQueue>& queue) noexcept;
    // Returns false if the group was not added.
    bool read(std::uint16_t group, nflogcap_stats& stats) const noexcept;

private:
    // Returns the counters of a group that was added. A removed group counts in a live capture,
    // because the kernel may still send its packets.
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
    HandoverState* state_ = nullptr; // nullptr unless the capture is live
    Counter malformed_;
    Counter truncated_;
    Counter batches_;
    Counter bytes_;
    GroupCounters* current_ = nullptr; // the group of the current batch
    RefusedBatches refused_;
    std::atomic<bool> is_look_wanted_ = false;
    std::uint64_t proven_ = 0;          // dropped batches; all their packets are counted in lost
    std::uint64_t never_accounted_ = 0; // dropped batches that no later packet can reveal
};

} // namespace nflog
