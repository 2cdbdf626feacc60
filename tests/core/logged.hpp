// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <linux/netfilter.h>
#include <nflogcap.h>
#include <utility>
#include <vector>

// Builds packets like those that the parser returns, byte by byte.
namespace logged {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t arp_in = 0;
constexpr std::uint8_t arp_out = 1;
constexpr std::uint8_t netdev_ingress = 0;
constexpr std::uint8_t netdev_egress = 1;

// The addresses of an Ethernet header: all of it except the EtherType.
inline const Bytes addresses = {0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5,
                                0x50, 0x51, 0x52, 0x53, 0x54, 0x55};
inline const Bytes ip_type = {0x08, 0x00};
inline const Bytes arp_type = {0x08, 0x06};

inline Bytes join(std::initializer_list<Bytes> pieces)
{
    Bytes whole;
    for (const Bytes& piece : pieces)
        whole.insert(whole.end(), piece.begin(), piece.end());
    return whole;
}

// An IP header with this version, and this length in its length field. The other content does not
// matter.
inline Bytes ipv4(std::uint16_t total_length)
{
    Bytes header(20);
    header[0] = 0x45;
    header[2] = static_cast<std::uint8_t>(total_length >> 8);
    header[3] = static_cast<std::uint8_t>(total_length);
    return header;
}

inline Bytes ipv6(std::uint16_t payload_length)
{
    Bytes header(40);
    header[0] = 0x60;
    header[4] = static_cast<std::uint8_t>(payload_length >> 8);
    header[5] = static_cast<std::uint8_t>(payload_length);
    return header;
}

// A packet, and the bytes that it points to.
struct Logged {
    nflogcap_packet packet{};
    Bytes payload;
    Bytes l2_header;
    Bytes hw_header;

    Logged(std::uint8_t family, std::uint8_t hook, std::uint16_t protocol, Bytes bytes)
        : payload(std::move(bytes))
    {
        packet.family = family;
        packet.hook = hook;
        packet.hw_protocol = protocol;
        packet.present = NFLOGCAP_HAS_PAYLOAD;
        packet.payload = payload.data();
        packet.payload_length = static_cast<std::uint32_t>(payload.size());
        if (family == NFPROTO_NETDEV && hook == netdev_egress)
            l2(Bytes(14)); // the kernel sends it for a device with link-layer headers
    }
    Logged(const Logged&) = delete;
    Logged& operator=(const Logged&) = delete;

    Logged& l2(Bytes bytes)
    {
        l2_header = std::move(bytes);
        packet.present |= NFLOGCAP_HAS_L2_HEADER;
        packet.l2_header = l2_header.data();
        packet.l2_header_length = static_cast<std::uint16_t>(l2_header.size());
        return *this;
    }

    Logged& hw(Bytes bytes)
    {
        hw_header = std::move(bytes);
        packet.present |= NFLOGCAP_HAS_HW_HEADER;
        packet.hw_header = hw_header.data();
        packet.hw_header_length = static_cast<std::uint16_t>(hw_header.size());
        return *this;
    }

    Logged& vlan(std::uint16_t protocol, std::uint16_t tci)
    {
        packet.present |= NFLOGCAP_HAS_VLAN;
        packet.vlan_protocol = protocol;
        packet.vlan_tci = tci;
        return *this;
    }
};

} // namespace logged
