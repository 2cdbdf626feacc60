// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message_cursor.hpp"
#include "source.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// The times of one group's packets. The kernel stamps packets only at the first hooks. The time of
// all other packets is estimated. A group's packets arrive in the order in which they were logged.
// Therefore the time of an unstamped packet is between the times of its neighbours. Two more bounds
// are known: a packet waits in the kernel no longer than the kernel gathers a batch, and it is
// logged before it is read.
//
// Packets between the same two bounds are spread evenly. Therefore the error is at most the
// distance between the bounds, and half of it for a single packet. If no stamped packet follows in
// the batch, the next batch may contain a stamp that is older than the time of reading. Therefore
// an estimate is never later than the time of any packet that has not arrived yet.
class PacketTimes {
public:
    // `place`: the place of the group.
    PacketTimes(Source& source, std::size_t place) noexcept : source_(&source), place_(place) {}

    // Must be called when the source has returned a batch of this group.
    void begin_batch() noexcept
    {
        read_ns_ = source_->received_at_ns({});
        unset_ = 0;
    }

    // Sets the time of the batch's next packet, unless the kernel stamped the packet. `rest`: the
    // part of the batch after this packet.
    void set(nflogcap_packet& packet, const MessageCursor& rest) noexcept
    {
        if ((packet.present & NFLOGCAP_HAS_TIMESTAMP) != 0) {
            last_ns_ = packet.timestamp_ns;
            unset_ = 0;
            return;
        }
        if (unset_ == 0)
            estimate(rest);
        --unset_;
        last_ns_ += step_ns_;
        packet.timestamp_ns = last_ns_;
    }

private:
    void estimate(MessageCursor rest) noexcept;

    Source* source_;
    std::size_t place_;
    std::uint64_t read_ns_ = 0; // when the batch was read
    std::uint64_t last_ns_ = 0; // the time of the previous packet
    std::uint64_t step_ns_ = 0; // between two packets, up to the next stamp
    std::size_t unset_ = 0;     // packets up to the next stamp
};

} // namespace nflog
