// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// What a payload is, which depends on the family and hook that logged it: from layer 3 on, but for
// arp output and netdev egress of devices with link-layer headers, where it is the Ethernet frame.
[[nodiscard]] bool starts_with_ethernet(const nflogcap_packet& packet) noexcept;

// Bytes that the payload had before the snaplen cut it, as far as its IP header tells.
[[nodiscard]] std::uint32_t wire_length(const nflogcap_packet& packet) noexcept;

// Writes link-layer header, VLAN tag and payload, as much as fits; returns the whole length.
std::size_t write_frame(const nflogcap_packet& packet, std::uint8_t* buffer,
                        std::size_t capacity) noexcept;

} // namespace nflog
