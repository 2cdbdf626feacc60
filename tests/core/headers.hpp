// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// This header must come before netfilter's header, because the latter then omits definitions that
// both have.
#include <netinet/in.h>

#include "logged.hpp"

#include <cstdint>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <string>
#include <utility>
#include <vector>

// Builds the headers of packets byte by byte.
namespace headers {

using logged::Bytes;
using logged::join;

inline const Bytes source4 = {192, 0, 2, 1};
inline const Bytes destination4 = {198, 51, 100, 2};
inline const Bytes source6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
inline const Bytes destination6 = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

inline Bytes be16(std::size_t value)
{
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

struct Fragment {
    std::uint16_t offset; // bytes
    bool more;
    std::uint16_t id;
};

inline Bytes ipv4(std::uint8_t protocol, const Bytes& rest, Fragment fragment = {})
{
    const std::size_t flags = fragment.offset / 8U + (fragment.more ? 0x2000U : 0U);
    return join({{0x45, 0},
                 be16(20 + rest.size()),
                 be16(fragment.id),
                 be16(flags),
                 {64, protocol, 0, 0},
                 source4,
                 destination4,
                 rest});
}

inline Bytes ipv6(std::uint8_t next, const Bytes& rest)
{
    return join({{0x60, 0, 0, 0}, be16(rest.size()), {next, 64}, source6, destination6, rest});
}

// An extension header with a length in units of 8 bytes, such as hop-by-hop options.
inline Bytes extension(std::uint8_t next, const Bytes& rest, std::uint8_t units = 0)
{
    return join({{next, units}, Bytes(6 + 8U * units), rest});
}

inline Bytes fragment_header(std::uint8_t next, Fragment fragment, const Bytes& rest)
{
    return join({{next, 0},
                 be16(fragment.offset + (fragment.more ? 1U : 0U)),
                 {0, 1},
                 be16(fragment.id),
                 rest});
}

inline Bytes authentication(std::uint8_t next, const Bytes& rest)
{
    return join({{next, 4}, Bytes(22), rest}); // 4 and 2 words
}

inline Bytes udp()
{
    return {0x13, 0x88, 0x00, 0x35, 0, 12, 0, 0, 'd', 'a', 't', 'a'};
}

inline Bytes tcp(std::uint8_t flags)
{
    return join({{0x13, 0x88, 0x01, 0xbb}, Bytes(8), {0x50, flags}, Bytes(6)});
}

inline Bytes icmp(std::uint8_t type, std::uint8_t code)
{
    return {type, code, 0, 0, 0x01, 0x02, 0x00, 0x07};
}

inline Bytes arp(std::uint8_t operation)
{
    return join({{0, 1, 8, 0, 6, 4, 0, operation},
                 {2, 0, 0, 0, 0, 1},
                 source4,
                 {0, 0, 0, 0, 0, 0},
                 destination4});
}

inline Bytes ethernet(std::uint16_t type, const Bytes& rest)
{
    return join({logged::addresses, be16(type), rest});
}

// The bytes of a VLAN tag after its EtherType, and the data after the tag.
inline Bytes vlan(std::uint16_t tci, std::uint16_t type, const Bytes& rest)
{
    return join({be16(tci), be16(type), rest});
}

// The data after an IPv6 header: one extension header of each kind, beginning with hop-by-hop
// options, and then TCP.
inline Bytes all_extensions(const Bytes& tcp)
{
    constexpr std::uint8_t hip = 139;
    constexpr std::uint8_t shim6 = 140;
    Bytes rest = extension(IPPROTO_TCP, tcp); // shim6
    rest = extension(shim6, rest);            // HIP
    rest = extension(hip, rest);              // mobility
    rest = extension(IPPROTO_MH, rest);       // destination options
    rest = authentication(IPPROTO_DSTOPTS, rest);
    rest = fragment_header(IPPROTO_AH, {0, true, 0x1234}, rest);
    rest = extension(IPPROTO_FRAGMENT, rest, 2); // routing
    rest = extension(IPPROTO_ROUTING, rest);     // destination options
    return extension(IPPROTO_DSTOPTS, rest);     // hop-by-hop options
}

// One packet of each kind that the dissector knows.
struct Sample {
    std::string name;
    std::uint8_t family;
    std::uint8_t hook;
    std::uint16_t hw_protocol;
    Bytes payload;
};

inline std::vector<Sample> samples()
{
    const auto ip = [](std::string name, Bytes payload) {
        return Sample{std::move(name), NFPROTO_IPV4, 0, ETH_P_IP, std::move(payload)};
    };
    const auto ip6 = [](std::string name, Bytes payload) {
        return Sample{std::move(name), NFPROTO_IPV6, 0, ETH_P_IPV6, std::move(payload)};
    };
    Bytes tags = ipv4(IPPROTO_UDP, udp());
    std::uint16_t type = ETH_P_IP;
    for (std::uint16_t id = 9; id > 0; --id) {
        tags = vlan(id, type, tags);
        type = ETH_P_8021Q;
    }
    return {
        ip("ipv4-udp", ipv4(IPPROTO_UDP, udp())),
        ip("ipv4-tcp", ipv4(IPPROTO_TCP, tcp(0x12))),
        ip("ipv4-icmp-echo", ipv4(IPPROTO_ICMP, icmp(8, 0))),
        ip("ipv4-icmp-unreachable", ipv4(IPPROTO_ICMP, icmp(3, 3))),
        ip("ipv4-first-fragment", ipv4(IPPROTO_UDP, udp(), {0, true, 0x1234})),
        ip("ipv4-last-fragment", ipv4(IPPROTO_UDP, Bytes(8, 1), {1480, false, 0x1234})),
        ip("ipv4-gre", ipv4(IPPROTO_GRE, Bytes(8))),
        ip("ipv4-padded", join({ipv4(IPPROTO_UDP, {}), Bytes(26, 1)})),
        {"ipv4-unknown-ethertype", NFPROTO_IPV4, NF_INET_LOCAL_OUT, 0, ipv4(IPPROTO_UDP, udp())},
        ip6("ipv6-udp", ipv6(IPPROTO_UDP, udp())),
        ip6("ipv6-icmp-echo", ipv6(IPPROTO_ICMPV6, icmp(128, 0))),
        ip6("ipv6-all-extensions", ipv6(IPPROTO_HOPOPTS, all_extensions(tcp(2)))),
        ip6("ipv6-last-fragment",
            ipv6(IPPROTO_FRAGMENT,
                 fragment_header(IPPROTO_UDP, {1448, false, 0x1234}, Bytes(8, 1)))),
        ip6("ipv6-later-fragment-of-options",
            ipv6(IPPROTO_FRAGMENT,
                 fragment_header(IPPROTO_DSTOPTS, {1448, true, 0x1234}, Bytes(8, 1)))),
        ip6("ipv6-no-next-header", ipv6(IPPROTO_NONE, {})),
        {"bridge-802.1ad-802.1q", NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021AD,
         vlan(0x6064, ETH_P_8021Q, vlan(200, ETH_P_IPV6, ipv6(IPPROTO_UDP, udp())))},
        {"netdev-egress-nine-tags", NFPROTO_NETDEV, logged::netdev_egress, ETH_P_8021Q,
         ethernet(ETH_P_8021Q, tags)},
        {"netdev-ingress-ipv4", NFPROTO_NETDEV, logged::netdev_ingress, ETH_P_IP,
         ipv4(IPPROTO_UDP, udp())},
        {"arp-input-request", NFPROTO_ARP, logged::arp_in, ETH_P_ARP, arp(1)},
        {"arp-output-reply", NFPROTO_ARP, logged::arp_out, ETH_P_ARP, ethernet(ETH_P_ARP, arp(2))},
        {"bridge-pppoe", NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_PPP_SES, Bytes(20, 0x11)},
    };
}

} // namespace headers
