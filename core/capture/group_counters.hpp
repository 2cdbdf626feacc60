// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "counter.hpp"
#include "handover_state.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <utility>

namespace nflog {

// The counters of one group. Losses are counted from gaps in the kernel's numbers. Only one thread
// counts. Any thread can read the counters.
class GroupCounters {
public:
    explicit GroupCounters(std::uint16_t group) : group_(group) {}

    // Called when a capture starts. `refused`: the number of batches dropped so far. None of them
    // belongs to the new binding.
    void restart(bool is_live, std::uint64_t refused) noexcept
    {
        is_live_ = is_live;
        unreported_lost_ = 0;
        first_.reset();
        received_before_start_ = received_.get();
        lost_before_start_ = lost_.get();
        state_ = nullptr;
        is_stored_by_call_ = false;
        begin_binding(refused);
    }
    // Shares the group's state with other processes. Called when a live capture starts; the state
    // is shared until the capture ends.
    void attach(GroupState& state) noexcept
    {
        state_ = &state;
        show_binding();
    }
    // `expected`: another process has counted the packets with lower numbers.
    void adopt(std::uint32_t expected) noexcept { expected_ = expected; }

    // Called when the group is bound again. Packets received later belong to the new binding. In
    // each binding the kernel numbers a group's packets from 0. It does this when it builds their
    // messages, before it sends them, so a gap is a loss. In a savefile gaps prove nothing, because
    // packets may have been left out.
    void begin_binding(std::uint64_t refused) noexcept
    {
        expected_ = 0;
        settled_.set(refused);
        settled_before_ = refused;
        is_bound_ = true;
        show_binding();
    }
    void end_binding() noexcept
    {
        is_bound_ = false;
        show_binding();
    }
    // Notes that the program has finished with all received packets.
    void mark() noexcept
    {
        if (state_ != nullptr && !is_stored_by_call_)
            state_->expected.store(expected_, std::memory_order_relaxed);
    }
    // The number of the next packet if no packet is lost before it.
    [[nodiscard]] std::uint32_t expected() const noexcept { return expected_; }
    // Notes that the program has counted or stored all packets with a lower number.
    void expect(std::uint32_t number) noexcept
    {
        is_stored_by_call_ = true;
        if (numbered() == 0)
            expected_ = number;
        if (state_ != nullptr)
            state_->expected.store(number, std::memory_order_relaxed);
    }
    // Whether packets of the group can still arrive.
    [[nodiscard]] bool is_bound() const noexcept { return is_bound_; }

    // set_captured() makes the group part of the capture. remove() ends this; `refused` is the
    // number of batches dropped so far.
    void set_captured() noexcept { is_captured_ = true; }
    void remove(std::uint64_t refused) noexcept
    {
        is_captured_ = false;
        refused_at_removal_ = refused;
    }
    [[nodiscard]] bool is_captured() const noexcept { return is_captured_; }
    [[nodiscard]] std::uint64_t refused_at_removal() const noexcept { return refused_at_removal_; }

    // Counts a packet and sets its lost_before. Returns false if the packet is not part of the
    // capture, because the kernel logged it after it had bound the group and before it had applied
    // all settings. Such a packet has no number, because the kernel applies numbering last.
    bool receive(nflogcap_packet& packet) noexcept
    {
        if (is_live_) {
            if ((packet.present & NFLOGCAP_HAS_SEQ) == 0) [[unlikely]]
                return false;
            if (!first_) [[unlikely]]
                set_first(packet);
            const std::uint32_t gap = packet.seq - expected_;
            expected_ = packet.seq + 1;
            last_global_ = packet.seq_global;
            // A number that is lower than expected does not count as a loss. The kernel sends no
            // such packet.
            constexpr std::uint32_t past = UINT32_C(1) << 31;
            if (gap != 0 && gap < past) [[unlikely]] {
                packet.lost_before = gap;
                lost_.add(gap);
            }
        }
        received_.add(1);
        return true;
    }

    // Exactly one of these two functions is called for each received packet. Losses before a
    // rejected packet are reported in lost_before of the group's next delivered packet.
    void deliver(nflogcap_packet& packet) noexcept
    {
        delivered_.add(1);
        if (unreported_lost_ > 0) [[unlikely]]
            packet.lost_before += std::exchange(unreported_lost_, 0);
    }
    void reject(const nflogcap_packet& packet) noexcept
    {
        filtered_.add(1);
        unreported_lost_ += packet.lost_before;
    }

    // Counts a packet in a savefile, which belongs to a group that was not added.
    void skip() noexcept
    {
        received_.add(1);
        filtered_.add(1);
    }

    // Counts a batch. `refused`: the number of batches that the socket had certainly dropped before
    // it accepted this batch. The numbers of this batch's packets show how many packets of this
    // group the dropped batches contained.
    void receive_batch(std::size_t bytes, std::uint64_t refused) noexcept
    {
        batches_.add(1);
        bytes_.add(bytes);
        settled_before_ = settled_.get();
        settled_.set(refused);
    }

    // The number of dropped batches from which all packets of this group are counted in lost.
    [[nodiscard]] std::uint64_t settled() const noexcept { return settled_.get(); }
    // The value of settled() before the last batch. The kernel built all packets of the last batch
    // later than the packets of these dropped batches, of any group.
    [[nodiscard]] std::uint64_t settled_before() const noexcept { return settled_before_; }

    // The numbers of the first packet since the start: its number in the group, and in the network
    // namespace.
    struct Numbers {
        std::uint32_t seq;
        std::uint32_t seq_global;
    };
    [[nodiscard]] const std::optional<Numbers>& first() const noexcept { return first_; }
    // The number of the last packet in the network namespace.
    [[nodiscard]] std::uint32_t last_global() const noexcept { return last_global_; }
    // The number of packets since the start, received or lost.
    [[nodiscard]] std::uint64_t numbered() const noexcept
    {
        return received_.get() - received_before_start_ + lost_.get() - lost_before_start_;
    }

    [[nodiscard]] std::uint16_t group() const noexcept { return group_; }
    [[nodiscard]] bool has_counted() const noexcept { return received_.get() + lost_.get() > 0; }

    // Adds the group's counters to `stats`.
    void add_to(nflogcap_stats& stats) const noexcept
    {
        stats.received += received_.get();
        stats.delivered += delivered_.get();
        stats.filtered += filtered_.get();
        stats.lost += lost_.get();
        stats.batches += batches_.get();
        stats.bytes += bytes_.get();
    }

private:
    // This is a separate function, so that receive() loads the two numbers separately. The parser
    // has just stored them separately, and one load of both would wait for these stores.
    [[gnu::noinline, gnu::cold]] void set_first(const nflogcap_packet& packet) noexcept
    {
        first_ = {packet.seq, packet.seq_global};
    }

    // Stores the number before the flag, so that a process that adopts the capture never counts
    // from the number of an earlier binding.
    void show_binding() noexcept
    {
        if (state_ == nullptr)
            return;
        state_->expected = expected_;
        state_->set(GroupState::counted, is_bound_);
    }

    std::uint16_t group_;
    GroupState* state_ = nullptr;    // nullptr with a savefile, and while no capture runs
    bool is_stored_by_call_ = false; // the program reports stored packets by expect()
    bool is_live_ = true;
    bool is_bound_ = true;
    bool is_captured_ = true;
    std::uint64_t refused_at_removal_ = 0;
    std::uint32_t expected_ = 0;   // number of the next packet
    std::optional<Numbers> first_; // here, so that its neighbours are not loaded together
    std::uint32_t last_global_ = 0;
    Counter settled_;
    std::uint64_t settled_before_ = 0;
    std::uint64_t received_before_start_ = 0;
    std::uint64_t lost_before_start_ = 0;
    // Lost packets that no delivered packet has reported yet, because the packets that came after
    // these losses were rejected by the filter.
    std::uint64_t unreported_lost_ = 0;
    Counter received_;
    Counter delivered_;
    Counter filtered_;
    Counter lost_;
    Counter batches_;
    Counter bytes_;
};

} // namespace nflog
