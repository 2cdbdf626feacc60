// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"

#include "text.hpp"

#include <cstddef>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>

namespace command {

namespace {

// NFPROTO_*: <linux/netfilter.h> has another <netinet/in.h> of its own.
constexpr std::uint8_t family_arp = 3;
constexpr std::uint8_t family_netdev = 5;

constexpr int ipv6_version = 6;
constexpr std::uint32_t unit_of_eight = 8; // in which IP counts offsets and lengths of its own

std::uint16_t read16(Bytes bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void read_layer4(Dissection& found, Bytes bytes)
{
    using Layer4 = Dissection::Layer4;
    constexpr std::size_t ports = 4;
    constexpr std::size_t tcp_flags = offsetof(tcphdr, th_flags);
    switch (found.protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
    case IPPROTO_SCTP:
    case IPPROTO_DCCP:
        if (bytes.size() < ports)
            return;
        found.source_port = read16(bytes, 0);
        found.destination_port = read16(bytes, 2);
        found.layer4 = Layer4::ports;
        if (found.protocol == IPPROTO_TCP && bytes.size() > tcp_flags) {
            found.tcp_flags = bytes[tcp_flags];
            found.layer4 = Layer4::tcp;
        }
        return;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6: {
        if (bytes.size() < 2)
            return;
        found.icmp_type = bytes[0];
        found.icmp_code = bytes[1];
        found.layer4 = Layer4::icmp;
        const bool echo =
            found.protocol == IPPROTO_ICMP
                ? found.icmp_type == ICMP_ECHO || found.icmp_type == ICMP_ECHOREPLY
                : found.icmp_type == ICMP6_ECHO_REQUEST || found.icmp_type == ICMP6_ECHO_REPLY;
        if (echo && bytes.size() >= sizeof(icmp6_hdr)) { // an echo is the same in ICMP
            found.is_echo = true;
            found.echo_id = read16(bytes, offsetof(icmp6_hdr, icmp6_id));
            found.echo_sequence = read16(bytes, offsetof(icmp6_hdr, icmp6_seq));
        }
        return;
    }
    default:
        return;
    }
}

void read_ipv4(Dissection& found, Bytes bytes)
{
    if (bytes.size() < sizeof(ip))
        return;
    constexpr std::uint8_t header_length = 0x0f; // in words, beside the version
    const std::size_t header = std::size_t{4} * (bytes[0] & header_length);
    if (header < sizeof(ip))
        return;
    found.layer3 = Dissection::Layer3::ipv4;
    found.protocol = bytes[offsetof(ip, ip_p)];
    found.source = &bytes[offsetof(ip, ip_src)];
    found.destination = &bytes[offsetof(ip, ip_dst)];
    found.fragment_offset = (read16(bytes, offsetof(ip, ip_off)) & IP_OFFMASK) * unit_of_eight;
    found.fragment = found.fragment_offset > 0;
    if (!found.fragment && bytes.size() > header)
        read_layer4(found, bytes.subspan(header));
}

void read_ipv6(Dissection& found, Bytes bytes)
{
    if (bytes.size() < sizeof(ip6_hdr))
        return;
    found.layer3 = Dissection::Layer3::ipv6;
    found.protocol = bytes[offsetof(ip6_hdr, ip6_nxt)];
    found.source = &bytes[offsetof(ip6_hdr, ip6_src)];
    found.destination = &bytes[offsetof(ip6_hdr, ip6_dst)];
    Bytes rest = bytes.subspan(sizeof(ip6_hdr));
    for (;;) {
        std::size_t length = 0; // of the extension header
        switch (found.protocol) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
            if (rest.size() < 2)
                return;
            length = std::size_t{unit_of_eight} * (rest[1] + 1U);
            break;
        case IPPROTO_FRAGMENT:
            length = sizeof(ip6_frag);
            if (rest.size() < length)
                return;
            found.fragment_offset =
                read16(rest, offsetof(ip6_frag, ip6f_offlg)) & ~(unit_of_eight - 1U);
            found.fragment = found.fragment_offset > 0;
            break;
        case IPPROTO_AH:
            if (rest.size() < 2)
                return;
            length = std::size_t{4} * (rest[1] + 2U);
            break;
        default:
            return read_layer4(found, rest);
        }
        found.protocol = rest[0];
        if (found.fragment || rest.size() < length)
            return;
        rest = rest.subspan(length);
    }
}

// Of IPv4 addresses, which are the only ones that it still speaks for.
void read_arp(Dissection& found, Bytes bytes)
{
    if (bytes.size() < sizeof(ether_arp) ||
        read16(bytes, offsetof(arphdr, ar_pro)) != ETHERTYPE_IP ||
        bytes[offsetof(arphdr, ar_hln)] != ETH_ALEN ||
        bytes[offsetof(arphdr, ar_pln)] != sizeof(in_addr))
        return;
    found.layer3 = Dissection::Layer3::arp;
    found.arp_operation = read16(bytes, offsetof(arphdr, ar_op));
    found.source = &bytes[offsetof(ether_arp, arp_spa)];
    found.destination = &bytes[offsetof(ether_arp, arp_tpa)];
}

// Whether the payload begins with an Ethernet header: at the output hook of arp (1) and the
// egress hook of netdev (1 too).
bool begins_with_ethernet(const nflogcap_packet& packet)
{
    return packet.hook == 1 && (packet.family == family_arp || packet.family == family_netdev);
}

} // namespace

Dissection dissect(const nflogcap_packet& packet)
{
    Dissection found;
    Bytes bytes(packet.payload, packet.payload_length);
    found.ether_type = packet.hw_protocol;
    if (begins_with_ethernet(packet)) {
        constexpr std::size_t tag = 4;
        if (bytes.size() < ETH_HLEN)
            return found;
        found.ether_type = read16(bytes, offsetof(ether_header, ether_type));
        bytes = bytes.subspan(ETH_HLEN);
        while ((found.ether_type == ETHERTYPE_VLAN || found.ether_type == ETH_P_8021AD) &&
               bytes.size() >= tag) {
            found.ether_type = read16(bytes, 2);
            bytes = bytes.subspan(tag);
        }
    }
    if (found.ether_type == 0 && packet.family == family_arp)
        found.ether_type = ETHERTYPE_ARP;
    if (bytes.empty())
        return found;
    if (found.ether_type == ETHERTYPE_ARP) {
        read_arp(found, bytes);
        return found;
    }
    // The output hook of the IP families knows no EtherType, nor does a file of bare IP packets.
    const bool may_be_ip = found.ether_type == 0 || found.ether_type == ETHERTYPE_IP ||
                           found.ether_type == ETHERTYPE_IPV6;
    const int version = bytes[0] >> 4;
    if (may_be_ip && version == IPVERSION)
        read_ipv4(found, bytes);
    else if (may_be_ip && version == ipv6_version)
        read_ipv6(found, bytes);
    return found;
}

} // namespace command
