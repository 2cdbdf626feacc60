// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "link_type.hpp"

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <span>

namespace nflog {

// What a packet is in a savefile.
struct PacketRecord {
    std::span<const std::uint8_t> bytes; // in the packet, or in `frame`
    std::uint32_t length;                // of the packet on the wire, with its link-layer header
};

// Nothing if the link type cannot hold the packet. `frame` has room for a frame if the link type is
// Ethernet.
[[nodiscard]] std::optional<PacketRecord> record_of(const nflogcap_packet& packet, LinkType type,
                                                    std::span<std::uint8_t> frame) noexcept;

} // namespace nflog
