// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Parses the message of one packet (struct nfgenmsg, then attributes). Overwrites all fields of the
// view, which then points into the message. lost_before becomes 0, because the message does not
// contain it. The timestamp becomes 0 if the message has none. Returns false if an attribute is cut
// or too short for its type, or if a prefix has no NUL; the view is unspecified then. If an
// attribute occurs twice, the last one counts. Unknown attributes are skipped.
bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

// Sets a packet's time to the time of its record in a savefile. The two can differ if a program
// shifted the times in the file, or wrote times from another clock. In this case the kernel's time
// remains only as an attribute of the message.
inline void set_recorded_time(nflogcap_packet& packet, std::uint64_t time_ns) noexcept
{
    if (packet.timestamp_ns != time_ns)
        packet.present &= ~NFLOGCAP_HAS_TIMESTAMP;
    packet.timestamp_ns = time_ns;
}

} // namespace nflog
