// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// Numbered as in epb_flags of pcapng.
enum class Direction : std::uint32_t {
    unknown = 0,
    inbound = 1,
    outbound = 2,
};

// A packet's direction, according to its hook and interfaces. A forwarded packet goes both ways,
// and a packet from a file of IP packets has no direction.
[[nodiscard]] Direction direction_of(const nflogcap_packet& packet) noexcept;

} // namespace nflog
