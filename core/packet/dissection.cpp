// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"

#include "big_endian.hpp"
#include "payload.hpp"
#include "vlan_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t unit_of_eight = 8; // unit of IP's fragment offsets and header lengths

void read_addresses(nflogcap_dissection& found, const std::uint8_t* source,
                    const std::uint8_t* destination, std::uint8_t length)
{
    std::memcpy(found.source, source, length);
    std::memcpy(found.destination, destination, length);
    found.address_length = length;
    found.known |= NFLOGCAP_KNOWS_ADDRESSES;
}

void read_protocol(nflogcap_dissection& found, std::uint8_t protocol)
{
    found.protocol = protocol;
    found.known |= NFLOGCAP_KNOWS_PROTOCOL;
}

void read_fragment(nflogcap_dissection& found, std::uint32_t id, std::uint32_t offset,
                   bool more_fragments)
{
    found.fragment_id = id;
    found.fragment_offset = offset;
    found.more_fragments = more_fragments ? 1 : 0;
    found.known |= NFLOGCAP_KNOWS_FRAGMENT;
}

void read_icmp(nflogcap_dissection& found, Bytes header)
{
    if (header.size() < 2)
        return;
    found.icmp_type = header[0];
    found.icmp_code = header[1];
    found.known |= NFLOGCAP_KNOWS_ICMP;
    constexpr std::uint8_t icmp_echo_reply = 0;
    constexpr std::uint8_t icmp_echo_request = 8;
    const bool is_echo =
        found.protocol == IPPROTO_ICMP
            ? found.icmp_type == icmp_echo_request || found.icmp_type == icmp_echo_reply
            : found.icmp_type == ICMP6_ECHO_REQUEST || found.icmp_type == ICMP6_ECHO_REPLY;
    if (is_echo &&
        header.size() >= sizeof(icmp6_hdr)) { // ICMP and ICMPv6 echoes have the same header
        found.echo_id = be16(&header[offsetof(icmp6_hdr, icmp6_id)]);
        found.echo_sequence = be16(&header[offsetof(icmp6_hdr, icmp6_seq)]);
        found.known |= NFLOGCAP_KNOWS_ECHO;
    }
}

// `at`: the offset of the header in the packet. The packet may have been cut before this offset.
void read_layer4(nflogcap_dissection& found, Bytes packet, std::size_t at)
{
    constexpr std::size_t ports = 4; // bytes
    constexpr std::size_t tcp_flags = offsetof(tcphdr, th_flags);
    if (at >= packet.size())
        return;
    found.transport_offset = found.network_offset + static_cast<std::uint32_t>(at);
    const Bytes header = packet.subspan(at);
    switch (found.protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
    case IPPROTO_SCTP:
    case IPPROTO_DCCP:
        if (header.size() < ports)
            return;
        found.source_port = be16(header.data());
        found.destination_port = be16(&header[2]);
        found.known |= NFLOGCAP_KNOWS_PORTS;
        if (found.protocol == IPPROTO_TCP && header.size() > tcp_flags) {
            found.tcp_flags = header[tcp_flags];
            found.known |= NFLOGCAP_KNOWS_TCP_FLAGS;
        }
        return;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return read_icmp(found, header);
    default:
        return;
    }
}

// Returns the packet without the padding of a short frame. If `rest` is 0, the length is unknown,
// because the packet is a jumbogram, or because segmentation offload has not split it yet.
Bytes without_padding(Bytes packet, std::size_t header, std::size_t rest)
{
    return rest == 0 ? packet : packet.first(std::min(packet.size(), header + rest));
}

void read_ipv4(nflogcap_dissection& found, Bytes packet)
{
    if (packet.size() < sizeof(iphdr) || packet[0] >> 4U != IPVERSION)
        return;
    constexpr std::uint8_t words_in_header = 0x0f; // the other bits are the version
    const std::size_t header = std::size_t{4} * (packet[0] & words_in_header);
    if (header < sizeof(iphdr))
        return;
    found.ip_version = IPVERSION;
    read_addresses(found, &packet[offsetof(iphdr, saddr)], &packet[offsetof(iphdr, daddr)],
                   sizeof(in_addr));
    read_protocol(found, packet[offsetof(iphdr, protocol)]);
    constexpr std::uint16_t offset_bits = 0x1fff;
    constexpr std::uint16_t more_fragments_bit = 0x2000;
    const std::uint16_t fragment = be16(&packet[offsetof(iphdr, frag_off)]);
    const std::uint32_t offset = (fragment & offset_bits) * unit_of_eight;
    const bool more_fragments = (fragment & more_fragments_bit) != 0;
    if (offset > 0 || more_fragments)
        read_fragment(found, be16(&packet[offsetof(iphdr, id)]), offset, more_fragments);
    const std::size_t length = be16(&packet[offsetof(iphdr, tot_len)]);
    if (offset == 0)
        read_layer4(found, without_padding(packet, 0, length), header);
}

// Returns the length of the extension header at the start of `rest`, in bytes. Returns 0 if
// `protocol` is not an extension header, or if the header's length was cut off.
std::size_t extension_length(std::uint8_t protocol, Bytes rest)
{
    constexpr std::uint8_t hip = 139;
    constexpr std::uint8_t shim6 = 140;
    switch (protocol) {
    case IPPROTO_HOPOPTS:
    case IPPROTO_ROUTING:
    case IPPROTO_DSTOPTS:
    case IPPROTO_MH:
    case hip:
    case shim6:
        return rest.size() < 2 ? 0 : std::size_t{unit_of_eight} * (rest[1] + 1U);
    case IPPROTO_FRAGMENT:
        return sizeof(ip6_frag);
    case IPPROTO_AH:
        return rest.size() < 2 ? 0 : std::size_t{4} * (rest[1] + 2U);
    default:
        return 0;
    }
}

bool is_extension(std::uint8_t protocol)
{
    constexpr std::uint8_t no_length[2] = {};
    return extension_length(protocol, no_length) != 0;
}

void read_ipv6(nflogcap_dissection& found, Bytes packet)
{
    constexpr std::uint8_t ipv6_version = 6;
    if (packet.size() < sizeof(ip6_hdr) || packet[0] >> 4U != ipv6_version)
        return;
    found.ip_version = ipv6_version;
    read_addresses(found, &packet[offsetof(ip6_hdr, ip6_src)], &packet[offsetof(ip6_hdr, ip6_dst)],
                   sizeof(in6_addr));
    packet = without_padding(packet, sizeof(ip6_hdr), be16(&packet[offsetof(ip6_hdr, ip6_plen)]));
    std::uint8_t protocol = packet[offsetof(ip6_hdr, ip6_nxt)];
    std::size_t at = sizeof(ip6_hdr);
    while (is_extension(protocol)) {
        const Bytes rest = packet.subspan(std::min(at, packet.size()));
        const std::size_t length = extension_length(protocol, rest);
        if (length == 0 || rest.size() < length)
            return; // the rest was cut off
        const std::uint8_t next = rest[0];
        if (protocol == IPPROTO_FRAGMENT) {
            const std::uint16_t fragment = be16(&rest[offsetof(ip6_frag, ip6f_offlg)]);
            const std::uint32_t offset = fragment & ~(unit_of_eight - 1U);
            if ((found.known & NFLOGCAP_KNOWS_FRAGMENT) ==
                0) // the outermost fragment header counts
                read_fragment(found, be32(&rest[offsetof(ip6_frag, ip6f_ident)]), offset,
                              (fragment & 1U) != 0);
            if (offset > 0) {
                if (!is_extension(next)) // the first fragment has the extension header
                    read_protocol(found, next);
                return;
            }
        }
        protocol = next;
        at += length;
    }
    read_protocol(found, protocol);
    read_layer4(found, packet, at);
}

void read_arp(nflogcap_dissection& found, Bytes packet)
{
    if (packet.size() < sizeof(arphdr))
        return;
    found.arp_operation = be16(&packet[offsetof(arphdr, ar_op)]);
    found.known |= NFLOGCAP_KNOWS_ARP;
    const std::size_t hardware_address = packet[offsetof(arphdr, ar_hln)];
    const std::size_t source = sizeof(arphdr) + hardware_address;
    const std::size_t destination = source + sizeof(in_addr) + hardware_address;
    if (be16(&packet[offsetof(arphdr, ar_pro)]) == ETH_P_IP &&
        packet[offsetof(arphdr, ar_pln)] == sizeof(in_addr) &&
        packet.size() >= destination + sizeof(in_addr))
        read_addresses(found, &packet[source], &packet[destination], sizeof(in_addr));
}

} // namespace

nflogcap_dissection dissect(const nflogcap_packet& packet) noexcept
{
    nflogcap_dissection found{};
    const VlanIds vlans = vlan_ids(packet);
    if (vlans.count > 0) {
        std::ranges::copy(vlans.ids, found.vlan_ids);
        found.vlan_count = vlans.count;
        found.known |= NFLOGCAP_KNOWS_VLAN;
    }
    const Layer3 l3 = guess_layer3(packet);
    found.ether_type = l3.ethertype;
    const Bytes bytes = payload_from(packet, l3);
    if (bytes.empty())
        return found;
    found.network_offset = static_cast<std::uint32_t>(l3.offset);
    switch (l3.ethertype) {
    case ETH_P_IP:
        read_ipv4(found, bytes);
        break;
    case ETH_P_IPV6:
        read_ipv6(found, bytes);
        break;
    case ETH_P_ARP:
        read_arp(found, bytes);
        break;
    default:
        break;
    }
    return found;
}

} // namespace nflog
