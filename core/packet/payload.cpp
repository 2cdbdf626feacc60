// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.hpp"

#include "big_endian.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t mac_addresses = 2UL * ETH_ALEN; // what stands before the EtherType
constexpr std::size_t vlan_tag = 4;

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

// The link-layer header that stood before the payload.
Bytes header_before(const nflogcap_packet& packet) noexcept
{
    if (starts_with_ethernet(packet))
        return {};
    if (packet.l2_header_length == 0)
        return {packet.hw_header, packet.hw_header_length};
    // A bridge's payload starts behind the Ethernet header, but the kernel's copy of that goes on
    // to layer 3: over VLAN tags that are in the payload too.
    const std::size_t most = packet.family == NFPROTO_BRIDGE ? ETH_HLEN : packet.l2_header_length;
    return {packet.l2_header, std::min<std::size_t>(packet.l2_header_length, most)};
}

// A device with Ethernet headers, as far as the kernel says.
bool is_ethernet(const nflogcap_packet& packet) noexcept
{
    return (packet.present & NFLOGCAP_HAS_HW_TYPE) == 0 || packet.hw_type == ARPHRD_ETHER ||
           packet.hw_type == ARPHRD_LOOPBACK;
}

// 0 if the bytes end before it.
std::uint16_t ethertype_at(Bytes bytes, std::size_t at) noexcept
{
    return at + 2 <= bytes.size() ? be16(&bytes[at]) : 0;
}

// What follows the Ethernet header at the start of a frame.
Layer3 start_of_frame(Bytes frame) noexcept
{
    return {ethertype_at(frame, mac_addresses), ETH_HLEN};
}

// What follows the Ethernet header at the start of the payload, if it has one.
Layer3 start_of(const nflogcap_packet& packet) noexcept
{
    return starts_with_ethernet(packet) ? start_of_frame({packet.payload, packet.payload_length})
                                        : Layer3{packet.hw_protocol, 0};
}

// Where layer 3 begins behind the VLAN tags at `l3`. Calls visit() with the control information of
// each tag.
template <typename Visit>
Layer3 skip_vlan_tags(Bytes bytes, Layer3 l3, Visit visit) noexcept
{
    while (l3.ethertype == ETH_P_8021Q || l3.ethertype == ETH_P_8021AD) {
        if (l3.offset + 2 <= bytes.size())
            visit(be16(&bytes[l3.offset]));
        l3 = {ethertype_at(bytes, l3.offset + 2), l3.offset + vlan_tag};
    }
    return l3;
}

// Copies pieces one behind the other into a buffer that may be too short for them.
class FrameWriter {
public:
    FrameWriter(std::uint8_t* buffer, std::size_t capacity) : buffer_(buffer), capacity_(capacity)
    {
    }

    void put(Bytes piece) noexcept
    {
        if (length_ < capacity_ && !piece.empty())
            std::memcpy(buffer_ + length_, piece.data(),
                        std::min(piece.size(), capacity_ - length_));
        length_ += piece.size();
    }

    [[nodiscard]] std::size_t length() const noexcept { return length_; }

private:
    std::uint8_t* buffer_;
    std::size_t capacity_;
    std::size_t length_ = 0;
};

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

Layer3 layer3(const nflogcap_packet& packet) noexcept
{
    const Bytes payload(packet.payload, packet.payload_length);
    return skip_vlan_tags(payload, start_of(packet), [](std::uint16_t) {});
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

VlanIds vlan_ids(const nflogcap_packet& packet) noexcept
{
    VlanIds vlans{};
    const auto add = [&](std::uint16_t tci) {
        constexpr std::uint16_t id = 0x0fff; // the other bits are the priority
        if (vlans.count < std::size(vlans.ids))
            vlans.ids[vlans.count++] = tci & id;
    };
    if ((packet.present & NFLOGCAP_HAS_VLAN) != 0)
        add(packet.vlan_tci);
    // A VLAN device can leave its tag in the header (reorder_hdr off).
    if (const Bytes header = header_before(packet); header.size() > ETH_HLEN && is_ethernet(packet))
        skip_vlan_tags(header, start_of_frame(header), add);
    skip_vlan_tags({packet.payload, packet.payload_length}, start_of(packet), add);
    return vlans;
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

bool has_ethernet_header(const nflogcap_packet& packet) noexcept
{
    if (starts_with_ethernet(packet))
        return true;
    return header_before(packet).size() == ETH_HLEN && is_ethernet(packet);
}

std::size_t write_frame(const nflogcap_packet& packet, std::uint8_t* buffer,
                        std::size_t capacity) noexcept
{
    const Bytes payload(packet.payload, packet.payload_length);
    const Bytes header = header_before(packet);
    FrameWriter frame(buffer, capacity);
    const Bytes start = header.empty() ? payload : header;
    const bool tagged = (packet.present & NFLOGCAP_HAS_VLAN) != 0 && start.size() >= mac_addresses;
    if (tagged) {
        const std::array<std::uint8_t, vlan_tag> tag = {
            static_cast<std::uint8_t>(packet.vlan_protocol >> 8),
            static_cast<std::uint8_t>(packet.vlan_protocol),
            static_cast<std::uint8_t>(packet.vlan_tci >> 8),
            static_cast<std::uint8_t>(packet.vlan_tci)};
        frame.put(start.first(mac_addresses));
        frame.put(tag);
        frame.put(start.subspan(mac_addresses));
    } else {
        frame.put(start);
    }
    if (!header.empty())
        frame.put(payload);
    return frame.length();
}

std::size_t write_bare_frame(const nflogcap_packet& packet, const Layer3& l3, std::uint8_t* buffer,
                             std::size_t capacity) noexcept
{
    const std::array<std::uint8_t, mac_addresses> no_addresses{};
    const std::array<std::uint8_t, 2> ethertype = {static_cast<std::uint8_t>(l3.ethertype >> 8),
                                                   static_cast<std::uint8_t>(l3.ethertype)};
    FrameWriter frame(buffer, capacity);
    frame.put(no_addresses);
    frame.put(ethertype);
    frame.put(payload_from(packet, l3));
    return frame.length();
}

} // namespace nflog
