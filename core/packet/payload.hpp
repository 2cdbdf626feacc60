// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "layer3.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// What a payload is, which depends on the family and hook that logged it: from layer 3 on, but for
// arp output and netdev egress of devices with link-layer headers, where it is the Ethernet frame.
[[nodiscard]] bool starts_with_ethernet(const nflogcap_packet& packet) noexcept;

// What the payload starts with.
[[nodiscard]] Layer3 start_of_payload(const nflogcap_packet& packet) noexcept;

// The payload's layer 3 and its EtherType, past an Ethernet header and VLAN tags in the payload. It
// may begin behind what the snaplen left of the payload.
[[nodiscard]] Layer3 layer3(const nflogcap_packet& packet) noexcept;

// The same, but IPv4 and IPv6 are told apart by the packet's first byte if the EtherType says IP or
// is unknown, as it is at the output hook and in savefiles.
[[nodiscard]] Layer3 guess_layer3(const nflogcap_packet& packet) noexcept;

[[nodiscard]] std::span<const std::uint8_t> payload_from(const nflogcap_packet& packet,
                                                         const Layer3& l3) noexcept;

// Bytes that the payload had before the snaplen cut it, as far as its IP header tells.
[[nodiscard]] std::uint32_t wire_length(const nflogcap_packet& packet) noexcept;

} // namespace nflog
