// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "payload.hpp"

#include <cstddef>
#include <cstdint>
#include <linux/if_ether.h>
#include <nflogcap.h>

namespace nflog {

// The length of an Ethernet frame with a header, a VLAN tag and the kernel's longest payload.
constexpr std::size_t max_frame_bytes = ETH_HLEN + 4 + 65531;

// Whether the frame that write_frame() writes is an Ethernet frame.
[[nodiscard]] bool has_ethernet_header(const nflogcap_packet& packet) noexcept;

// Writes the link-layer header, the VLAN tag and the payload, up to `capacity` bytes. Returns the
// length of the whole frame.
std::size_t write_frame(const nflogcap_packet& packet, std::uint8_t* buffer,
                        std::size_t capacity) noexcept;

// Writes an Ethernet header without addresses, and then the packet from layer 3 on, up to
// `capacity` bytes. Returns the length of the whole frame.
std::size_t write_bare_frame(const nflogcap_packet& packet, const Layer3& l3, std::uint8_t* buffer,
                             std::size_t capacity) noexcept;

} // namespace nflog
