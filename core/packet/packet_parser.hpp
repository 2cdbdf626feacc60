// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Reads one packet's message (struct nfgenmsg, then attributes) into a view of it, and overwrites
// the whole view. The message does not know lost_before, and may lack a timestamp: both are 0 then.
// Returns false, with the view unspecified, if an attribute is cut, too short for its type, or a
// prefix without its NUL. If an attribute comes twice, the last counts. Unknown ones are skipped.
bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

// Gives a packet the time of the record that holds it. A file may have been moved in time, or
// written by a program that has a clock of its own: then the kernel's time is an attribute and no
// more.
inline void set_recorded_time(nflogcap_packet& packet, std::uint64_t time_ns) noexcept
{
    if (packet.timestamp_ns != time_ns)
        packet.present &= ~NFLOGCAP_HAS_TIMESTAMP;
    packet.timestamp_ns = time_ns;
}

} // namespace nflog
