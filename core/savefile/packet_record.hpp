// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "link_type.hpp"

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <span>

namespace nflog {

// A packet's record in a savefile.
struct PacketRecord {
    std::span<const std::uint8_t> bytes; // point into the packet, or into `frame`
    std::uint32_t length;                // original length, including the link-layer header
};

// Returns nothing if the link type cannot represent the packet. If the link type is Ethernet,
// `frame` must have room for a frame.
[[nodiscard]] std::optional<PacketRecord> record_of(const nflogcap_packet& packet, LinkType type,
                                                    std::span<std::uint8_t> frame) noexcept;

} // namespace nflog
