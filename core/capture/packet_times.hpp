// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message_cursor.hpp"
#include "source.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// The times of one group's packets. The kernel stamps packets at the first hooks alone; the time of
// any other packet is estimated. A group's packets come in the order in which they were logged, so
// such a packet lies between its neighbours; it cannot have waited in the kernel for longer than a
// batch is gathered, and it was logged before it was read.
//
// Packets that lie between the same bounds are spread evenly. The error is thus at most the
// distance of the bounds, and half of it for a single packet. If no stamp follows in the batch, the
// next batch may have one that is older than the reading: then an estimate is no later than any
// packet that is still to come.
class PacketTimes {
public:
    // Of the group at that place.
    PacketTimes(Source& source, std::size_t place) noexcept : source_(&source), place_(place) {}

    // The source returned a batch of this group.
    void begin_batch() noexcept
    {
        read_ns_ = source_->received_at_ns({});
        unset_ = 0;
    }

    // Sets the time of the batch's next packet, unless the kernel did. `rest` is the batch behind
    // it.
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
    std::uint64_t last_ns_ = 0; // the time of the packet before
    std::uint64_t step_ns_ = 0; // from packet to packet, up to the next stamp
    std::size_t unset_ = 0;     // packets up to there
};

} // namespace nflog
