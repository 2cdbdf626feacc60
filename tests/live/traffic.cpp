// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace live {

using attributes::first;
using attributes::from;
using attributes::operator+;

namespace {

constexpr std::uint8_t hops = 64;
constexpr std::uint8_t unassigned = 253; // a protocol for experiments (RFC 3692)
constexpr std::uint8_t udplite = 136;
constexpr std::uint8_t ipcomp = 108;

Bytes be16(std::size_t number)
{
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

Bytes address(int family, const char* words)
{
    Bytes bytes(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
    inet_pton(family, words, bytes.data());
    return bytes;
}

Bytes addresses4()
{
    return address(AF_INET, support::Topology::a_ipv4) + address(AF_INET, behind_b_ipv4);
}

Bytes addresses6()
{
    return address(AF_INET6, support::Topology::a_ipv6) + address(AF_INET6, behind_b_ipv6);
}

Bytes with_checksum(Bytes bytes, std::size_t at, const Bytes& summed)
{
    const Bytes sum = be16(attributes::checksum(summed));
    bytes.at(at) = sum[0];
    bytes.at(at + 1) = sum[1];
    return bytes;
}

Bytes with_pseudo_header(const Bytes& segment, std::size_t checksum_at, std::uint8_t protocol,
                         const Bytes& addresses)
{
    const Bytes pseudo_header = addresses + Bytes{0, protocol} + be16(segment.size());
    return with_checksum(segment, checksum_at, pseudo_header + segment);
}

Bytes udp(std::uint16_t port, const Bytes& data, const Bytes& addresses)
{
    return with_pseudo_header(be16(12345) + be16(port) + be16(8 + data.size()) + Bytes{0, 0} + data,
                              6, IPPROTO_UDP, addresses);
}

struct Fragment {
    std::uint16_t offset = 0; // bytes, a multiple of 8
    bool more = false;
    std::uint16_t id = 0;
};

Bytes ipv4(std::uint8_t protocol, const Bytes& payload, Fragment fragment = {},
           const Bytes& options = {})
{
    const std::size_t header_length = 20 + options.size();
    const Bytes header = Bytes{static_cast<std::uint8_t>(0x40 | header_length / 4), 0} +
                         be16(header_length + payload.size()) + be16(fragment.id) +
                         be16((fragment.more ? 0x2000U : 0U) | fragment.offset / 8U) +
                         Bytes{hops, protocol, 0, 0} + addresses4() + options;
    return with_checksum(header, 10, header) + payload;
}

Bytes ipv6(std::uint8_t next_header, const Bytes& payload)
{
    return Bytes{0x60, 0, 0, 0} + be16(payload.size()) + Bytes{next_header, hops} + addresses6() +
           payload;
}

Bytes ipv6_fragment(std::uint8_t next_header, const Bytes& payload, Fragment fragment)
{
    return ipv6(IPPROTO_FRAGMENT, Bytes{next_header, 0} +
                                      be16(fragment.offset | (fragment.more ? 1U : 0U)) +
                                      Bytes{0, 0} + be16(fragment.id) + payload);
}

constexpr std::uint8_t syn = 2;
constexpr std::uint8_t ack = 16;

Bytes tcp(std::uint16_t port, std::uint8_t flags, const Bytes& options, const Bytes& data,
          const Bytes& addresses)
{
    const auto words = static_cast<std::uint8_t>((20 + options.size()) / 4);
    const Bytes header = be16(12345) + be16(port) + Bytes{0, 0, 0, 9, 0, 0, 0, 0} +
                         Bytes{static_cast<std::uint8_t>(words << 4), flags, 250, 240, 0, 0, 0, 0};
    return with_pseudo_header(header + options + data, 16, IPPROTO_TCP, addresses);
}

// Maximum segment size, selective acknowledgement permitted, timestamp, window scale.
const Bytes tcp_options = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7};
const Bytes endless_option = {2, 0, 5, 0xb4};

Bytes echo_request(std::uint8_t type)
{
    return {type, 0, 0, 0, 0, 53, 0, 9, 'e', 'c', 'h', 'o'};
}

Bytes echo_request4()
{
    const Bytes message = echo_request(8);
    return with_checksum(message, 2, message);
}

Bytes echo_request6()
{
    return with_pseudo_header(echo_request(128), 2, IPPROTO_ICMPV6, addresses6());
}

const Bytes sctp_init = {0, 9, 0, 9, 0, 0, 0, 0, 0, 0,  0, 0,  1, 0, 0, 20,
                         0, 0, 0, 1, 0, 0, 4, 0, 0, 10, 0, 10, 0, 0, 0, 1};
const Bytes dccp_request = {0, 9, 0, 9, 6, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5};
const Bytes esp = {0, 0, 1, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8};
const Bytes gre = {0, 0, 8, 0};
const Bytes record_route = {7, 7, 4, 0, 0, 0, 0, 0}; // with room for one address
const Bytes router_alert = {148, 4, 0, 0};

Bytes authentication(std::uint8_t next_header)
{
    return Bytes{next_header, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1} + Bytes(12);
}

// Padding of 8 bytes, which hop-by-hop and destination options can contain.
Bytes padding(std::uint8_t next_header)
{
    return {next_header, 0, 1, 4, 0, 0, 0, 0};
}

Bytes vxlan()
{
    return Bytes{8, 0, 0, 0, 0, 0, 7, 0} + attributes::ethernet({2}, {2, 1}, 0x0800) +
           ipv4(IPPROTO_UDP, udp(9, {'x'}, addresses4()));
}

} // namespace

Bytes udp_packet(std::uint16_t port, const std::string& data)
{
    return ipv4(IPPROTO_UDP, udp(port, Bytes(data.begin(), data.end()), addresses4()));
}

std::vector<Bytes> packets()
{
    const Bytes data = {'d', 'a', 't', 'a'};
    const Bytes ip4 = addresses4();
    const Bytes ip6 = addresses6();
    const Bytes long_udp4 = udp(9, Bytes(200, 'l'), ip4);
    return {
        ipv4(IPPROTO_UDP, udp(9, data, ip4)),
        ipv6(IPPROTO_UDP, udp(9, data, ip6)),
        ipv4(IPPROTO_UDP, udp(53, data, ip4)),
        ipv4(IPPROTO_UDP, udp(4789, vxlan(), ip4)),
        ipv4(IPPROTO_TCP, tcp(22, syn, tcp_options, {}, ip4)),
        ipv6(IPPROTO_TCP, tcp(22, syn, tcp_options, {}, ip6)),
        ipv4(IPPROTO_TCP, tcp(443, ack, {}, data, ip4)),
        ipv4(IPPROTO_TCP, tcp(53, syn, endless_option, {}, ip4)),
        ipv4(IPPROTO_ICMP, echo_request4()),
        ipv6(IPPROTO_ICMPV6, echo_request6()),
        ipv4(IPPROTO_SCTP, sctp_init),
        ipv4(IPPROTO_DCCP, dccp_request),
        ipv4(udplite, udp(9, data, ip4)),
        ipv4(IPPROTO_ESP, esp),
        ipv4(IPPROTO_AH, authentication(IPPROTO_UDP) + udp(9, data, ip4)),
        ipv4(ipcomp, Bytes{6, 0, 0, 9} + data),
        ipv4(IPPROTO_GRE, gre + ipv4(IPPROTO_UDP, udp(9, data, ip4))),
        ipv4(IPPROTO_IGMP, {0x11, 10, 0xee, 0xf5, 0, 0, 0, 0}),
        ipv4(unassigned, data),
        ipv6(unassigned, data),
        ipv4(IPPROTO_UDP, udp(9, data, ip4), {}, record_route),
        ipv4(IPPROTO_UDP, udp(9, data, ip4), {}, router_alert),
        ipv6(IPPROTO_HOPOPTS, padding(IPPROTO_UDP) + udp(9, data, ip6)),
        ipv6(IPPROTO_DSTOPTS, padding(IPPROTO_TCP) + tcp(22, syn, tcp_options, {}, ip6)),
        ipv6(IPPROTO_ROUTING, Bytes{IPPROTO_UDP, 0, 4, 0, 0, 0, 0, 0} + udp(9, data, ip6)),
        // Cut within the transport header.
        ipv4(IPPROTO_UDP, {0x30, 0x39, 0, 9}),
        ipv6(IPPROTO_UDP, {0x30, 0x39, 0, 9}),
        ipv4(IPPROTO_TCP, {0x30, 0x39, 0, 22, 0, 0, 0, 1}),
        ipv4(IPPROTO_ICMP, {8, 0}),
        ipv4(IPPROTO_UDP, first(long_udp4, 104), {0, true, 7}),
        ipv4(IPPROTO_UDP, from(long_udp4, 104), {104, false, 7}),
    };
}

std::vector<Bytes> lone_fragments()
{
    const Bytes start4 = first(udp(9, Bytes(64, 'f'), addresses4()), 40);
    const Bytes start6 = first(udp(9, Bytes(64, 'f'), addresses6()), 40);
    return {
        ipv4(IPPROTO_UDP, start4, {0, true, 21}),
        ipv4(IPPROTO_UDP, Bytes(24, 'f'), {48, false, 22}),
        ipv6_fragment(IPPROTO_UDP, start6, {0, true, 23}),
        ipv6_fragment(IPPROTO_UDP, Bytes(24, 'f'), {48, false, 24}),
    };
}

std::vector<Bytes> headers_without_end()
{
    return {
        ipv6_fragment(IPPROTO_DSTOPTS, Bytes(24, 'f'), {48, false, 31}),
        ipv6(IPPROTO_DSTOPTS, Bytes{IPPROTO_DSTOPTS, 9, 1, 4, 0, 0, 0, 0}),
    };
}

} // namespace live
