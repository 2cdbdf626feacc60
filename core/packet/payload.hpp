// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "big_endian.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <linux/ip.h>
#include <nflogcap.h>
#include <span>

namespace nflog {

// What a payload is, which depends on the family and hook that logged it: from layer 3 on, but for
// arp output and netdev egress of devices with link-layer headers, where it is the Ethernet frame.
[[nodiscard]] bool starts_with_ethernet(const nflogcap_packet& packet) noexcept;

// The payload's layer 3 and its EtherType, past an Ethernet header and VLAN tags in the payload. It
// may begin behind what the snaplen left of the payload.
struct Layer3 {
    std::uint16_t ethertype; // 0 where nothing tells
    std::size_t offset;
};
[[nodiscard]] Layer3 layer3(const nflogcap_packet& packet) noexcept;

// The same, but IPv4 and IPv6 are told apart by the packet's first byte if the EtherType says IP or
// is unknown, as it is at the output hook and in savefiles.
[[nodiscard]] Layer3 guess_layer3(const nflogcap_packet& packet) noexcept;

// The ids of the outermost VLAN tags: of the tag beside the frame, of those in the link-layer
// header and of those in the payload.
struct VlanIds {
    std::uint16_t ids[std::size(nflogcap_dissection{}.vlan_ids)];
    std::uint8_t count;
};
[[nodiscard]] VlanIds vlan_ids(const nflogcap_packet& packet) noexcept;

[[nodiscard]] std::span<const std::uint8_t> payload_from(const nflogcap_packet& packet,
                                                         const Layer3& l3) noexcept;

// Bytes that the payload had before the snaplen cut it, as far as its IP header tells.
[[nodiscard]] std::uint32_t wire_length(const nflogcap_packet& packet) noexcept;

// The same where it is an IPv4 packet and not too short to say: for the parser, which knows that
// before the view is complete.
[[nodiscard]] inline bool says_ipv4_length(std::span<const std::uint8_t> packet) noexcept
{
    return packet.size() >= offsetof(iphdr, tot_len) + sizeof(iphdr::tot_len);
}
[[nodiscard]] inline std::uint32_t ipv4_wire_length(std::span<const std::uint8_t> packet) noexcept
{
    return std::max<std::uint32_t>(be16(&packet[offsetof(iphdr, tot_len)]),
                                   static_cast<std::uint32_t>(packet.size()));
}

// Whether the frame that write_frame() writes is an Ethernet frame.
[[nodiscard]] bool has_ethernet_header(const nflogcap_packet& packet) noexcept;

// Writes link-layer header, VLAN tag and payload, as much as fits; returns the whole length.
std::size_t write_frame(const nflogcap_packet& packet, std::uint8_t* buffer,
                        std::size_t capacity) noexcept;

// The same of layer 3 behind an Ethernet header that tells its EtherType and has no addresses.
std::size_t write_bare_frame(const nflogcap_packet& packet, const Layer3& l3, std::uint8_t* buffer,
                             std::size_t capacity) noexcept;

} // namespace nflog
