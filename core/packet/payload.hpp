// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "layer3.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Whether the payload starts with a link-layer header. This depends on the family and hook that
// logged it: it does in arp output and netdev egress, except on a device without such headers. All
// other payloads start at layer 3.
[[nodiscard]] bool starts_with_link_layer(const nflogcap_packet& packet) noexcept;

// Whether that is an Ethernet header; it can be a tunnel's header instead.
[[nodiscard]] bool starts_with_ethernet(const nflogcap_packet& packet) noexcept;

// The type of the payload's start.
[[nodiscard]] Layer3 start_of_payload(const nflogcap_packet& packet) noexcept;

// The payload's layer 3 and its EtherType, after an Ethernet header and VLAN tags in the payload.
// It may begin after the end of a payload that the snaplen cut.
[[nodiscard]] Layer3 layer3(const nflogcap_packet& packet) noexcept;

// The same, but the packet's first byte distinguishes IPv4 from IPv6 if the EtherType is IP, or is
// unknown, which occurs at the output hook and in savefiles.
[[nodiscard]] Layer3 guess_layer3(const nflogcap_packet& packet) noexcept;

[[nodiscard]] std::span<const std::uint8_t> payload_from(const nflogcap_packet& packet,
                                                         const Layer3& l3) noexcept;

} // namespace nflog
