// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// This header must come before netfilter's header, because the latter then omits definitions that
// both have.
#include <netinet/in.h>

#include "message_builder.hpp"

#include <array>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_sctp.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

// Conntrack entries, composed like those of the kernel's ctnetlink_glue_build(): in the same order
// and with the same flags.
namespace synthetic {

template <typename Number>
Bytes big_endian(Number value)
{
    Bytes result(sizeof value);
    for (std::size_t i = sizeof value; i > 0; --i, value = static_cast<Number>(value >> 7U >> 1U))
        result[i - 1] = static_cast<std::byte>(value);
    return result;
}

inline const Bytes client4 = bytes({192, 0, 2, 1});
inline const Bytes server4 = bytes({198, 51, 100, 2});
inline const Bytes inside4 = bytes({10, 0, 0, 7});
inline const Bytes client6 = bytes({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
inline const Bytes server6 = bytes({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});

inline std::pair<int, Bytes> nest(int type, std::initializer_list<std::pair<int, Bytes>> attributes)
{
    return {type | NLA_F_NESTED, nested(attributes)};
}

inline std::pair<int, Bytes> addresses(const Bytes& source, const Bytes& destination)
{
    const bool is_ipv4 = source.size() == sizeof(in_addr);
    return nest(CTA_TUPLE_IP, {{is_ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, source},
                               {is_ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, destination}});
}

inline std::pair<int, Bytes> ports(unsigned protocol, std::uint16_t source,
                                   std::uint16_t destination)
{
    return nest(CTA_TUPLE_PROTO, {{CTA_PROTO_NUM, bytes({protocol})},
                                  {CTA_PROTO_SRC_PORT, big_endian(source)},
                                  {CTA_PROTO_DST_PORT, big_endian(destination)}});
}

inline std::pair<int, Bytes> echo(unsigned type, std::uint16_t id)
{
    return nest(CTA_TUPLE_PROTO, {{CTA_PROTO_NUM, bytes({IPPROTO_ICMP})},
                                  {CTA_PROTO_ICMP_ID, big_endian(id)},
                                  {CTA_PROTO_ICMP_TYPE, bytes({type})},
                                  {CTA_PROTO_ICMP_CODE, bytes({0})}});
}

inline std::pair<int, Bytes> echo6(unsigned type, std::uint16_t id)
{
    return nest(CTA_TUPLE_PROTO, {{CTA_PROTO_NUM, bytes({IPPROTO_ICMPV6})},
                                  {CTA_PROTO_ICMPV6_ID, big_endian(id)},
                                  {CTA_PROTO_ICMPV6_TYPE, bytes({type})},
                                  {CTA_PROTO_ICMPV6_CODE, bytes({0})}});
}

inline std::pair<int, Bytes> zone(int type, std::uint16_t number)
{
    return {type, big_endian(number)};
}

inline std::pair<int, Bytes> counters(int type, std::uint64_t packets, std::uint64_t bytes)
{
    return nest(type, {{CTA_COUNTERS_PACKETS, big_endian(packets)},
                       {CTA_COUNTERS_BYTES, big_endian(bytes)}});
}

// A TCP connection that a router translates for a host behind it. The entry also contains
// attributes that the library does not read, as in the kernel's entries.
inline Bytes tcp_entry()
{
    return nested({
        nest(CTA_TUPLE_ORIG, {addresses(inside4, server4), ports(IPPROTO_TCP, 40001, 443)}),
        nest(CTA_TUPLE_REPLY, {addresses(server4, client4), ports(IPPROTO_TCP, 443, 61000)}),
        zone(CTA_ZONE, 9),
        {CTA_ID, big_endian(UINT32_C(0xa1b2c3d4))},
        {CTA_STATUS, big_endian(std::uint32_t{IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED |
                                              IPS_SRC_NAT | IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE})},
        {CTA_TIMEOUT, big_endian(UINT32_C(431999))},
        nest(CTA_PROTOINFO, {nest(CTA_PROTOINFO_TCP,
                                  {{CTA_PROTOINFO_TCP_STATE, bytes({TCP_CONNTRACK_ESTABLISHED})},
                                   {CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, bytes({7})},
                                   {CTA_PROTOINFO_TCP_WSCALE_REPLY, bytes({7})},
                                   {CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, bytes({0x23, 0})},
                                   {CTA_PROTOINFO_TCP_FLAGS_REPLY, bytes({0x23, 0})}})}),
        nest(CTA_HELP, {{CTA_HELP_NAME, text(std::string_view("ftp\0", 4))}}),
        nest(CTA_SECCTX, {{CTA_SECCTX_NAME, text(std::string_view("system_u\0", 9))}}),
        {CTA_MARK, big_endian(UINT32_C(0x51525354))},
        {CTA_LABELS, Bytes(16)},
    });
}

// A connection with a separate zone for each direction, and with counters. The kernel sends
// counters only in other messages than those of logged packets.
inline Bytes counted_entry()
{
    return nested({
        nest(CTA_TUPLE_ORIG,
             {addresses(client6, server6), ports(IPPROTO_UDP, 5353, 53), zone(CTA_TUPLE_ZONE, 3)}),
        nest(CTA_TUPLE_REPLY,
             {addresses(server6, client6), ports(IPPROTO_UDP, 53, 5353), zone(CTA_TUPLE_ZONE, 4)}),
        {CTA_ID, big_endian(UINT32_C(7))},
        {CTA_STATUS, big_endian(std::uint32_t{IPS_SEEN_REPLY | IPS_CONFIRMED})},
        {CTA_TIMEOUT, big_endian(UINT32_C(29))},
        counters(CTA_COUNTERS_ORIG, UINT64_C(0x100000001), 0x200000002),
        counters(CTA_COUNTERS_REPLY, 3, 400),
        {CTA_MARK, big_endian(UINT32_C(0))},
    });
}

inline Bytes ping_entry()
{
    return nested({
        nest(CTA_TUPLE_ORIG, {addresses(client4, server4), echo(8, 4711)}),
        nest(CTA_TUPLE_REPLY, {addresses(server4, client4), echo(0, 4711)}),
        {CTA_ID, big_endian(UINT32_C(8))},
        {CTA_STATUS, big_endian(UINT32_C(0))},
        {CTA_TIMEOUT, big_endian(UINT32_C(30))},
    });
}

inline Bytes ping6_entry()
{
    return nested({
        nest(CTA_TUPLE_ORIG, {addresses(client6, server6), echo6(128, 4712)}),
        nest(CTA_TUPLE_REPLY, {addresses(server6, client6), echo6(129, 4712)}),
        {CTA_ID, big_endian(UINT32_C(9))},
    });
}

// An entry without tuples, with the state of a protocol.
inline Bytes state_entry(int protocol_nest, unsigned state)
{
    return nested({nest(CTA_PROTOINFO, {nest(protocol_nest, {{1, bytes({state})}})})});
}

// A packet with this entry.
inline Message tracked(const Bytes& entry, std::uint32_t ct_info)
{
    Message message = numbered(1);
    message.put(NFULA_CT | NLA_F_NESTED, entry).put_be32(NFULA_CT_INFO, ct_info);
    return message;
}

} // namespace synthetic
