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

// The counters of one group, and its losses, from gaps in the kernel's numbers. One thread counts;
// any thread calls stats().
class GroupCounters {
public:
    explicit GroupCounters(std::uint16_t group) : group_(group) {}

    // A capture starts. `refused` is the number of batches dropped so far: none of them belongs to
    // the new binding.
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
    // Shares the group's state with other processes, from the start to the end of a live capture.
    void attach(GroupState& state) noexcept
    {
        state_ = &state;
        show_binding();
    }
    // Another process has counted the packets with lower numbers.
    void adopt(std::uint32_t expected) noexcept { expected_ = expected; }

    // Packets received from now on belong to a new binding. In each binding the kernel numbers a
    // group's packets from 0, when it builds their messages and before it sends them: a gap is a
    // loss. In a savefile gaps prove nothing, because packets may have been left out.
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
    // The program has finished with all received packets.
    void mark() noexcept
    {
        if (state_ != nullptr && !is_stored_by_call_)
            state_->expected.store(expected_, std::memory_order_relaxed);
    }
    // The number of the next packet, if none is lost.
    [[nodiscard]] std::uint32_t expected() const noexcept { return expected_; }
    // The program reports that packets with a lower number are counted or stored.
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

    // Whether the group is part of the capture: from the call that adds it to the call that removes
    // it. `refused` is the number of batches dropped so far.
    void set_captured() noexcept { is_captured_ = true; }
    void remove(std::uint64_t refused) noexcept
    {
        is_captured_ = false;
        refused_at_removal_ = refused;
    }
    [[nodiscard]] bool is_captured() const noexcept { return is_captured_; }
    [[nodiscard]] std::uint64_t refused_at_removal() const noexcept { return refused_at_removal_; }

    // Counts a packet and sets its lost_before. False if the packet is not part of the capture
    // because the kernel logged it after it bound the group and before it applied all settings.
    // Numbering is the last setting, so such a packet has no number.
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
            // A lower number is not a loss; the kernel sends none.
            constexpr std::uint32_t past = UINT32_C(1) << 31;
            if (gap != 0 && gap < past) [[unlikely]] {
                packet.lost_before = gap;
                lost_.add(gap);
            }
        }
        received_.add(1);
        return true;
    }

    // Exactly one of these is called for a received packet. Losses before a rejected packet are
    // reported in lost_before of the group's next delivered packet.
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

    // Counts a savefile's packet of a group that was not added.
    void skip() noexcept
    {
        received_.add(1);
        filtered_.add(1);
    }

    // Counts a batch that the socket accepted after it had certainly dropped `refused` batches. The
    // numbers of its packets reveal how many packets of this group the dropped batches contained.
    void receive_batch(std::size_t bytes, std::uint64_t refused) noexcept
    {
        batches_.add(1);
        bytes_.add(bytes);
        settled_before_ = settled_.get();
        settled_.set(refused);
    }

    // Dropped batches with all packets of this group counted in lost.
    [[nodiscard]] std::uint64_t settled() const noexcept { return settled_.get(); }
    // The same when the last batch began: the kernel built all packets of that batch later than
    // those of the dropped batches, of whatever group.
    [[nodiscard]] std::uint64_t settled_before() const noexcept { return settled_before_; }

    // Numbers of the first packet since the start: in the group, and in the network namespace.
    struct Numbers {
        std::uint32_t seq;
        std::uint32_t seq_global;
    };
    [[nodiscard]] const std::optional<Numbers>& first() const noexcept { return first_; }
    // Number of the last packet in the network namespace.
    [[nodiscard]] std::uint32_t last_global() const noexcept { return last_global_; }
    // Packets since the start, received or lost.
    [[nodiscard]] std::uint64_t numbered() const noexcept
    {
        return received_.get() - received_before_start_ + lost_.get() - lost_before_start_;
    }

    [[nodiscard]] std::uint16_t group() const noexcept { return group_; }
    [[nodiscard]] bool has_counted() const noexcept { return received_.get() + lost_.get() > 0; }

    // Adds the group's counters to these.
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
    // A function of its own, so that receive() loads the two numbers separately: the parser has
    // just stored them separately, and one load of both would wait for these stores.
    [[gnu::noinline, gnu::cold]] void set_first(const nflogcap_packet& packet) noexcept
    {
        first_ = {packet.seq, packet.seq_global};
    }

    // The number is stored first, so that a process that adopts never counts from the number of an
    // earlier binding.
    void show_binding() noexcept
    {
        if (state_ == nullptr)
            return;
        state_->expected = expected_;
        state_->set(GroupState::counted, is_bound_);
    }

    std::uint16_t group_;
    GroupState* state_ = nullptr;    // nullptr with a savefile, and between end and start
    bool is_stored_by_call_ = false; // expect() reports which packets are stored
    bool is_live_ = true;
    bool is_bound_ = true;
    bool is_captured_ = true;
    std::uint64_t refused_at_removal_ = 0;
    std::uint32_t expected_ = 0;   // number of the next packet
    std::optional<Numbers> first_; // between the two numbers, so that they are not loaded together
    std::uint32_t last_global_ = 0;
    Counter settled_;
    std::uint64_t settled_before_ = 0;
    std::uint64_t received_before_start_ = 0;
    std::uint64_t lost_before_start_ = 0;
    std::uint64_t unreported_lost_ = 0; // lost before packets rejected since the last delivery
    Counter received_;
    Counter delivered_;
    Counter filtered_;
    Counter lost_;
    Counter batches_;
    Counter bytes_;
};

} // namespace nflog
