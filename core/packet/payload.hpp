// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "layer3.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Whether the payload starts with a link-layer header. This depends on the family and the hook that
// logged the packet. In arp output and netdev egress it starts with one, except on a device without
// such headers. In all other hooks it starts at layer 3.
[[nodiscard]] bool starts_with_link_layer(const nflogcap_packet& packet) noexcept;

// Whether the payload starts with an Ethernet header. It can start with a tunnel's header instead.
[[nodiscard]] bool starts_with_ethernet(const nflogcap_packet& packet) noexcept;

// The type of the header with which the payload starts.
[[nodiscard]] Layer3 start_of_payload(const nflogcap_packet& packet) noexcept;

// The position of layer 3 in the payload, after an Ethernet header and VLAN tags, and its
// EtherType. If the snaplen cut the payload, the position may be after its end.
[[nodiscard]] Layer3 layer3(const nflogcap_packet& packet) noexcept;

// Like layer3(). But if the EtherType is IP or unknown, the packet's first byte distinguishes IPv4
// from IPv6. The EtherType is unknown at the output hook and in savefiles.
[[nodiscard]] Layer3 guess_layer3(const nflogcap_packet& packet) noexcept;

[[nodiscard]] std::span<const std::uint8_t> payload_from(const nflogcap_packet& packet,
                                                         const Layer3& l3) noexcept;

} // namespace nflog
