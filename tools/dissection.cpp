// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"

#include "text.hpp"

#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

namespace command {

namespace {

// NFPROTO_*: <linux/netfilter.h> has another <netinet/in.h> of its own.
constexpr std::uint8_t family_arp = 3;
constexpr std::uint8_t family_netdev = 5;

std::uint16_t read16(Bytes bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void read_layer4(Dissection& found, Bytes bytes)
{
    using Layer4 = Dissection::Layer4;
    constexpr std::size_t ports = 4;
    constexpr std::size_t tcp_flags = 13;
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
        constexpr std::size_t echo_header = 8;
        if (echo && bytes.size() >= echo_header) {
            found.is_echo = true;
            found.echo_id = read16(bytes, 4);
            found.echo_sequence = read16(bytes, 6);
        }
        return;
    }
    default:
        return;
    }
}

void read_ipv4(Dissection& found, Bytes bytes)
{
    constexpr std::size_t shortest = 20;
    if (bytes.size() < shortest)
        return;
    const std::size_t header = (bytes[0] & 15U) * 4;
    if (header < shortest)
        return;
    found.layer3 = Dissection::Layer3::ipv4;
    found.protocol = bytes[9];
    found.source = &bytes[12];
    found.destination = &bytes[16];
    found.fragment_offset = (read16(bytes, 6) & 0x1fffU) * 8;
    found.fragment = found.fragment_offset > 0;
    if (!found.fragment && bytes.size() > header)
        read_layer4(found, bytes.subspan(header));
}

void read_ipv6(Dissection& found, Bytes bytes)
{
    constexpr std::size_t header = 40;
    if (bytes.size() < header)
        return;
    found.layer3 = Dissection::Layer3::ipv6;
    found.protocol = bytes[6];
    found.source = &bytes[8];
    found.destination = &bytes[24];
    Bytes rest = bytes.subspan(header);
    for (;;) {
        std::size_t length = 0; // of the extension header
        switch (found.protocol) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
            if (rest.size() < 2)
                return;
            length = (rest[1] + 1U) * 8;
            break;
        case IPPROTO_FRAGMENT:
            length = 8;
            if (rest.size() < length)
                return;
            found.fragment_offset = read16(rest, 2) & 0xfff8U;
            found.fragment = found.fragment_offset > 0;
            break;
        case IPPROTO_AH:
            if (rest.size() < 2)
                return;
            length = (rest[1] + 2U) * 4;
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
    constexpr std::size_t whole = 28;
    if (bytes.size() < whole || read16(bytes, 2) != ETHERTYPE_IP || bytes[4] != ETH_ALEN ||
        bytes[5] != 4)
        return;
    found.layer3 = Dissection::Layer3::arp;
    found.arp_operation = read16(bytes, 6);
    found.source = &bytes[14];
    found.destination = &bytes[24];
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
        found.ether_type = read16(bytes, 12);
        bytes = bytes.subspan(ETH_HLEN);
        while ((found.ether_type == ETHERTYPE_VLAN || found.ether_type == 0x88a8) &&
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
    if (may_be_ip && bytes[0] >> 4 == 4)
        read_ipv4(found, bytes);
    else if (may_be_ip && bytes[0] >> 4 == 6)
        read_ipv6(found, bytes);
    return found;
}

} // namespace command
