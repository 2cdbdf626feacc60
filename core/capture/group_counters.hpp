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

// One group's counters, and its losses from the gaps in the kernel's numbering. One thread counts,
// any thread reads stats().
class GroupCounters {
public:
    explicit GroupCounters(std::uint16_t group) : group_(group) {}

    // The start of a capture.
    // `refused` is the number of batches refused so far: none of them is of the new binding.
    void restart(bool is_live, std::uint64_t refused) noexcept
    {
        is_live_ = is_live;
        untold_ = 0;
        first_.reset();
        received_before_start_ = received_.get();
        lost_before_start_ = lost_.get();
        state_ = nullptr;
        is_stored_by_call_ = false;
        begin_binding(refused);
    }
    // What others have to know of a live capture's group, from the start to the end.
    void attach(GroupState& state) noexcept
    {
        state_ = &state;
        show_binding();
    }
    // Another process has counted what has a lower number.
    void adopt(std::uint32_t expected) noexcept { expected_ = expected; }

    // What is received from now on is of a new binding. The kernel numbers a group's packets from 0
    // at each, as it builds their messages and before it sends them: a gap is a loss. In a
    // savefile, packets may have been left out, so gaps prove nothing.
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
    // The program has done with all that was received.
    void mark() noexcept
    {
        if (state_ != nullptr && !is_stored_by_call_)
            state_->expected.store(expected_, std::memory_order_relaxed);
    }
    // The number of the next packet, if none is lost.
    [[nodiscard]] std::uint32_t expected() const noexcept { return expected_; }
    // Packets with a lower number are counted or stored, the program says.
    void expect(std::uint32_t number) noexcept
    {
        is_stored_by_call_ = true;
        if (numbered() == 0)
            expected_ = number;
        if (state_ != nullptr)
            state_->expected.store(number, std::memory_order_relaxed);
    }
    // Whether packets of it can still come.
    [[nodiscard]] bool is_bound() const noexcept { return is_bound_; }

    // Whether it is part of the capture: from the call that adds it to the one that removes it,
    // when `refused` batches have been refused.
    void set_captured() noexcept { is_captured_ = true; }
    void remove(std::uint64_t refused) noexcept
    {
        is_captured_ = false;
        refused_at_removal_ = refused;
    }
    [[nodiscard]] bool is_captured() const noexcept { return is_captured_; }
    [[nodiscard]] std::uint64_t refused_at_removal() const noexcept { return refused_at_removal_; }

    // Counts a packet and sets its lost_before. False if it is not part of the capture: the kernel
    // logged it after it had bound the group and before it had applied all settings, of which the
    // numbering is the last.
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
            // A number from the past is not a loss; the kernel sends none.
            constexpr std::uint32_t past = UINT32_C(1) << 31;
            if (gap != 0 && gap < past) [[unlikely]] {
                packet.lost_before = gap;
                lost_.add(gap);
            }
        }
        received_.add(1);
        return true;
    }

    // For a received packet, one of the two. What was lost before a rejected packet is in
    // lost_before of the group's next packet that is delivered.
    void deliver(nflogcap_packet& packet) noexcept
    {
        delivered_.add(1);
        if (untold_ > 0) [[unlikely]]
            packet.lost_before += std::exchange(untold_, 0);
    }
    void reject(const nflogcap_packet& packet) noexcept
    {
        filtered_.add(1);
        untold_ += packet.lost_before;
    }

    // Counts a savefile's packet of a group that was not added.
    void skip() noexcept
    {
        received_.add(1);
        filtered_.add(1);
    }

    // Counts a batch that the socket accepted after it had certainly refused `refused` batches. The
    // numbers of its packets show what of this group those batches held.
    void receive_batch(std::size_t bytes, std::uint64_t refused) noexcept
    {
        batches_.add(1);
        bytes_.add(bytes);
        settled_before_ = settled_.get();
        settled_.set(refused);
    }

    // Refused batches whose packets of this group are in lost.
    [[nodiscard]] std::uint64_t settled() const noexcept { return settled_.get(); }
    // The same when the last batch began: the kernel built all packets of that batch later than
    // those of the refused batches, whatever group these were of.
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
    // Apart, so that receive() loads the two numbers one by one: the parser has only just stored
    // them so, and a load of both at once would wait for these stores.
    [[gnu::noinline, gnu::cold]] void set_first(const nflogcap_packet& packet) noexcept
    {
        first_ = {packet.seq, packet.seq_global};
    }

    // The number comes first, so that nobody who adopts counts from that of an earlier binding.
    void show_binding() noexcept
    {
        if (state_ == nullptr)
            return;
        state_->expected = expected_;
        state_->set(GroupState::counted, is_bound_);
    }

    std::uint16_t group_;
    GroupState* state_ = nullptr;    // absent with a savefile, and between end and start
    bool is_stored_by_call_ = false; // which packets are stored: expect()
    bool is_live_ = true;
    bool is_bound_ = true;
    bool is_captured_ = true;
    std::uint64_t refused_at_removal_ = 0;
    std::uint32_t expected_ = 0;   // number of the next packet
    std::optional<Numbers> first_; // between the two, for the same reason
    std::uint32_t last_global_ = 0;
    Counter settled_;
    std::uint64_t settled_before_ = 0;
    std::uint64_t received_before_start_ = 0;
    std::uint64_t lost_before_start_ = 0;
    std::uint64_t untold_ = 0; // lost before packets that were rejected since the last delivery
    Counter received_;
    Counter delivered_;
    Counter filtered_;
    Counter lost_;
    Counter batches_;
    Counter bytes_;
};

} // namespace nflog
