// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.hpp"

#include "big_endian.hpp"
#include "vlan_tags.hpp"

#include <algorithm>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

// Of an IP packet by its own header; 0 where too little of that is there, or it does not say
// (a packet that segmentation offload has yet to cut up, or a jumbogram).
std::uint32_t ip_length(std::uint16_t ethertype, Bytes packet) noexcept
{
    constexpr std::size_t ipv4_length_at = 2;
    constexpr std::size_t ipv6_length_at = 4;
    constexpr std::uint32_t ipv6_header = 40;
    if (ethertype == ETH_P_IP && packet.size() >= ipv4_length_at + 2)
        return be16(packet.data() + ipv4_length_at);
    if (ethertype == ETH_P_IPV6 && packet.size() >= ipv6_length_at + 2) {
        const std::uint32_t length = be16(packet.data() + ipv6_length_at);
        return length == 0 ? 0 : ipv6_header + length;
    }
    return 0;
}

} // namespace

bool starts_with_ethernet(const nflogcap_packet& packet) noexcept
{
    constexpr std::uint8_t netdev_egress = 1; // NF_NETDEV_EGRESS of the kernel's uapi since 5.16
    // At egress the kernel sends a copy of the header that the payload starts with, if it has one.
    // A switch, since of && compilers make one load of family and hook, which were stored apart: it
    // would wait for both.
    switch (packet.family) {
    case NFPROTO_ARP:
        return packet.hook == NF_ARP_OUT;
    case NFPROTO_NETDEV:
        return packet.hook == netdev_egress && (packet.present & NFLOGCAP_HAS_L2_HEADER) != 0;
    default:
        return false;
    }
}

Layer3 start_of_payload(const nflogcap_packet& packet) noexcept
{
    return starts_with_ethernet(packet) ? start_of_frame({packet.payload, packet.payload_length})
                                        : Layer3{packet.hw_protocol, 0};
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

std::uint32_t wire_length(const nflogcap_packet& packet) noexcept
{
    if (packet.payload_length == 0)
        return 0;
    const Layer3 l3 = layer3(packet);
    if (l3.offset >= packet.payload_length)
        return packet.payload_length;
    const Bytes payload(packet.payload, packet.payload_length);
    const std::uint32_t length = ip_length(l3.ethertype, payload.subspan(l3.offset));
    const auto whole = static_cast<std::uint32_t>(l3.offset) + length;
    return std::max(whole, packet.payload_length); // padding of a short frame counts too
}

} // namespace nflog
