// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.hpp"

#include "vlan_tags.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t netdev_egress = 1; // NF_NETDEV_EGRESS, in the kernel's headers since 5.16

// Whether the bytes are exactly an Ethernet header with any number of VLAN tags.
bool is_ethernet_header(Bytes bytes) noexcept
{
    std::size_t end = ETH_HLEN;
    while (end < bytes.size() && is_vlan(ethertype_at(bytes, end - sizeof(ethhdr::h_proto))))
        end += vlan_tag;
    return end == bytes.size();
}

} // namespace

bool starts_with_link_layer(const nflogcap_packet& packet) noexcept
{
    // A switch instead of &&, because with && compilers load family and hook at once, and this load
    // would wait for the two separate stores.
    switch (packet.family) {
    case NFPROTO_ARP:
        return packet.hook == NF_ARP_OUT;
    case NFPROTO_NETDEV:
        return packet.hook == netdev_egress;
    default:
        return false;
    }
}

bool starts_with_ethernet(const nflogcap_packet& packet) noexcept
{
    if (!starts_with_link_layer(packet))
        return false;
    // At egress the payload starts with the link-layer header, if the device has one. The kernel
    // then also sends a copy of this header.
    return packet.family == NFPROTO_ARP ||
           is_ethernet_header({packet.l2_header, packet.l2_header_length});
}

Layer3 start_of_payload(const nflogcap_packet& packet) noexcept
{
    if (!starts_with_link_layer(packet))
        return {packet.hw_protocol, 0};
    return starts_with_ethernet(packet) ? start_of_frame({packet.payload, packet.payload_length})
                                        : Layer3{packet.hw_protocol, packet.l2_header_length};
}

Layer3 layer3(const nflogcap_packet& packet) noexcept
{
    const Bytes payload(packet.payload, packet.payload_length);
    return skip_vlan_tags(payload, start_of_payload(packet), [](std::uint16_t) {});
}

Layer3 guess_layer3(const nflogcap_packet& packet) noexcept
{
    Layer3 l3 = layer3(packet);
    if (l3.ethertype == 0 && packet.family == NFPROTO_ARP)
        l3.ethertype = ETH_P_ARP;
    const bool may_be_ip =
        l3.ethertype == 0 || l3.ethertype == ETH_P_IP || l3.ethertype == ETH_P_IPV6;
    if (may_be_ip && l3.offset < packet.payload_length) {
        constexpr int ipv4 = 4;
        constexpr int ipv6 = 6;
        const int version = packet.payload[l3.offset] >> 4;
        if (version == ipv4 || version == ipv6)
            l3.ethertype = version == ipv4 ? ETH_P_IP : ETH_P_IPV6;
    }
    return l3;
}

Bytes payload_from(const nflogcap_packet& packet, const Layer3& l3) noexcept
{
    const Bytes payload(packet.payload, packet.payload_length);
    return payload.subspan(std::min(l3.offset, payload.size()));
}

} // namespace nflog
