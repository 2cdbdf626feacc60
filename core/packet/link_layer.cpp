// SPDX-License-Identifier: GPL-2.0-or-later
#include "link_layer.hpp"

#include "payload.hpp"
#include "vlan_tags.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

// Whether `header`, which the kernel sent as the header before this payload, can be an Ethernet
// header. If a packet came through a tunnel to a device of the type Ethernet (a VRF), these bytes
// are something else: the packet itself, or the tunnel's header.
bool is_plausible(Bytes header, const nflogcap_packet& packet) noexcept
{
    // The EtherTypes of headers that the kernel removes before a hook sees the inner packet.
    constexpr std::uint16_t encapsulations[] = {ETH_P_8021Q, ETH_P_8021AD, ETH_P_PPP_SES,
                                                ETH_P_MPLS_UC, ETH_P_MPLS_MC};
    const std::uint16_t ethertype = ethertype_at(header, mac_addresses);
    const bool is_length = ethertype < ETH_P_802_3_MIN;
    if (!is_length && packet.hw_protocol != 0 && ethertype != packet.hw_protocol &&
        std::ranges::find(encapsulations, ethertype) == std::end(encapsulations))
        return false;
    return packet.payload_length < header.size() ||
           !std::ranges::equal(header, Bytes(packet.payload, header.size()));
}

// Returns the header with which the packet arrived, or nothing if it may be wrong. The kernel
// copies as many bytes as a header of the packet's present device has. At postrouting of a routed
// packet, this is the device that sends the packet. If the packet arrived through a tunnel, these
// bytes are not a header, and the message does not show this.
Bytes hw_header_before(const nflogcap_packet& packet) noexcept
{
    const bool is_routed = packet.family == NFPROTO_IPV4 || packet.family == NFPROTO_IPV6;
    if (is_routed && packet.hook == NF_INET_POST_ROUTING)
        return {};
    const Bytes header(packet.hw_header, packet.hw_header_length);
    if (header.size() == ETH_HLEN && is_ethernet(packet) && !is_plausible(header, packet))
        return {};
    return header;
}

} // namespace

Bytes header_before(const nflogcap_packet& packet) noexcept
{
    if (starts_with_link_layer(packet))
        return {};
    if (packet.l2_header_length == 0)
        return hw_header_before(packet);
    // A bridge's payload starts after the Ethernet header. But the kernel's copy of the header
    // extends to layer 3, and so includes VLAN tags that the payload also contains.
    const std::size_t length = packet.family == NFPROTO_BRIDGE ? ETH_HLEN : packet.l2_header_length;
    return {packet.l2_header, std::min<std::size_t>(packet.l2_header_length, length)};
}

bool is_ethernet(const nflogcap_packet& packet) noexcept
{
    return (packet.present & NFLOGCAP_HAS_HW_TYPE) == 0 || packet.hw_type == ARPHRD_ETHER ||
           packet.hw_type == ARPHRD_LOOPBACK;
}

} // namespace nflog
