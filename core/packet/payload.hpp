// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "layer3.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Whether the payload starts with a link-layer header, which depends on the family and hook that
// logged it: in arp output and netdev egress, but there not on a device without such headers. All
// other payloads start at layer 3.
[[nodiscard]] bool starts_with_link_layer(const nflogcap_packet& packet) noexcept;

// Whether that is an Ethernet header. It can be that of a tunnel instead.
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

} // namespace nflog
