// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire_length.hpp"

#include "big_endian.hpp"
#include "payload.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t unknown = 0;

// Returns the length field of the header. It is 0 if the packet is longer than this 16-bit field
// can express. The kernel makes such packets (BIG TCP).
std::uint64_t ipv4_length(Bytes packet) noexcept
{
    constexpr std::size_t at = offsetof(iphdr, tot_len);
    return packet.size() >= at + sizeof(iphdr::tot_len) ? be16(&packet[at]) : unknown;
}

// Returns the length in the jumbo payload option (RFC 2675), which covers everything after the IPv6
// header.
std::uint64_t jumbo_length(Bytes hop_by_hop) noexcept
{
    constexpr std::size_t unit = 8; // bytes
    constexpr std::uint8_t jumbo_option = 0xc2;
    constexpr std::uint32_t max_without = 65535; // a shorter packet must not have the option
    // The kernel makes no longer packet; a larger length is forged
    constexpr std::uint32_t max_made = 8 * 65535;
    if (hop_by_hop.size() < sizeof(ip6_hbh))
        return unknown;
    const std::size_t length = unit * (std::size_t{hop_by_hop[1]} + 1);
    const Bytes options = hop_by_hop.first(std::min(length, hop_by_hop.size()));
    std::size_t at = sizeof(ip6_hbh);
    while (at + sizeof(ip6_opt) <= options.size()) {
        if (options[at] == IP6OPT_PAD1) {
            ++at;
            continue;
        }
        const std::size_t value = at + sizeof(ip6_opt);
        const std::size_t value_length = options[at + 1];
        if (options[at] == jumbo_option && value_length == sizeof(std::uint32_t) &&
            value + value_length <= options.size()) {
            const std::uint32_t found = be32(&options[value]);
            return found > max_without && found <= max_made ? found : unknown;
        }
        at = value + value_length;
    }
    return unknown;
}

std::uint64_t ipv6_length(Bytes packet) noexcept
{
    constexpr std::size_t at = offsetof(ip6_hdr, ip6_plen);
    if (packet.size() < at + sizeof(std::uint16_t))
        return unknown;
    const std::uint64_t rest = be16(&packet[at]);
    if (rest != 0)
        return sizeof(ip6_hdr) + rest;
    if (packet.size() < sizeof(ip6_hdr))
        return unknown;
    switch (packet[offsetof(ip6_hdr, ip6_nxt)]) {
    case IPPROTO_NONE:
        return sizeof(ip6_hdr);
    case IPPROTO_HOPOPTS: {
        const std::uint64_t jumbo = jumbo_length(packet.subspan(sizeof(ip6_hdr)));
        return jumbo == unknown ? unknown : sizeof(ip6_hdr) + jumbo;
    }
    default:
        return unknown;
    }
}

std::uint64_t arp_length(Bytes packet) noexcept
{
    constexpr std::size_t hardware_at = offsetof(arphdr, ar_hln);
    constexpr std::size_t protocol_at = offsetof(arphdr, ar_pln);
    if (packet.size() <= protocol_at)
        return unknown;
    return sizeof(arphdr) + 2UL * packet[hardware_at] + 2UL * packet[protocol_at];
}

std::uint64_t length_in_header(std::uint16_t ethertype, Bytes packet) noexcept
{
    switch (ethertype) {
    case ETH_P_IP:
        return ipv4_length(packet);
    case ETH_P_IPV6:
        return ipv6_length(packet);
    case ETH_P_ARP:
        return arp_length(packet);
    default:
        return unknown;
    }
}

} // namespace

WireLength wire_length(const nflogcap_packet& packet) noexcept
{
    const Layer3 l3 = layer3(packet);
    if (l3.offset >= packet.payload_length)
        return {packet.payload_length, false};
    const std::uint64_t length = length_in_header(l3.ethertype, payload_from(packet, l3));
    const std::uint64_t whole = l3.offset + length;
    if (length == unknown || whole > UINT32_MAX)
        return {packet.payload_length, false};
    return {std::max(static_cast<std::uint32_t>(whole), packet.payload_length), true};
}

} // namespace nflog
