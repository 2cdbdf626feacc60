// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// A packet's direction, numbered as in epb_flags of pcapng.
enum class Direction : std::uint32_t {
    unknown = 0,
    inbound = 1,
    outbound = 2,
};

// Derives a packet's direction from its hook and interfaces. It is unknown for a forwarded packet,
// which goes in and out, and for a packet from a savefile of link type RAW.
[[nodiscard]] Direction direction_of(const nflogcap_packet& packet) noexcept;

} // namespace nflog
