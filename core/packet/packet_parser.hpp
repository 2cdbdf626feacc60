// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Parses one packet's message (struct nfgenmsg, then attributes), and overwrites all fields of the
// view, which points into the message. lost_before is not in the message, and the timestamp may be
// missing: both are 0 then. Returns false, with the view unspecified, if an attribute is cut or too
// short for its type, or if a prefix has no NUL. If an attribute occurs twice, the last one counts.
// Unknown attributes are skipped.
bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

// Sets a packet's time to that of its record. A file's times may have been shifted, or come from a
// program with a clock of its own: then the kernel's time is only an attribute.
inline void set_recorded_time(nflogcap_packet& packet, std::uint64_t time_ns) noexcept
{
    if (packet.timestamp_ns != time_ns)
        packet.present &= ~NFLOGCAP_HAS_TIMESTAMP;
    packet.timestamp_ns = time_ns;
}

} // namespace nflog
