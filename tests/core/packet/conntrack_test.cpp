// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack_messages.hpp"

#include "conntrack.hpp"

#include "catch.hpp"
#include "conntrack_names.hpp"

#include <cstring>
#include <string>

using namespace synthetic;

namespace {

// Reads the entry from a heap block of exactly its size, so that the address sanitizer detects a
// read beyond it.
nflogcap_conntrack read(const Bytes& entry)
{
    const Bytes exact = exact_copy(entry);
    nflogcap_packet packet{};
    packet.present = NFLOGCAP_HAS_CT;
    packet.ct = reinterpret_cast<const std::uint8_t*>(exact.data());
    packet.ct_length = static_cast<std::uint32_t>(exact.size());
    return nflog::read_conntrack(packet);
}

nflogcap_conntrack read_info(std::uint32_t ct_info)
{
    nflogcap_packet packet{};
    packet.present = NFLOGCAP_HAS_CT_INFO;
    packet.ct_info = ct_info;
    return nflog::read_conntrack(packet);
}

Bytes address(const nflogcap_tuple& tuple, const std::uint8_t* at)
{
    const auto* from = reinterpret_cast<const std::byte*>(at);
    return {from, from + tuple.address_length};
}

nflogcap_tuple read_tuple(std::initializer_list<std::pair<int, Bytes>> parts)
{
    return read(nested({nest(CTA_TUPLE_ORIG, parts)})).original;
}

bool are_same(const nflogcap_conntrack& one, const nflogcap_conntrack& other)
{
    return std::memcmp(&one, &other, sizeof one) == 0;
}

const Bytes entries[] = {tcp_entry(), counted_entry(), ping_entry(), ping6_entry()};

} // namespace

TEST_CASE("a TCP connection has everything that the kernel sends about it")
{
    const nflogcap_conntrack found = read(tcp_entry());
    CHECK(found.has == (NFLOGCAP_CONNTRACK_HAS_ID | NFLOGCAP_CONNTRACK_HAS_STATUS |
                        NFLOGCAP_CONNTRACK_HAS_MARK | NFLOGCAP_CONNTRACK_HAS_TIMEOUT |
                        NFLOGCAP_CONNTRACK_HAS_ZONE | NFLOGCAP_CONNTRACK_HAS_PROTOCOL_STATE |
                        NFLOGCAP_CONNTRACK_HAS_ORIGINAL | NFLOGCAP_CONNTRACK_HAS_REPLY));
    CHECK(found.id == 0xa1b2c3d4);
    CHECK(found.status == 0x19e);
    CHECK(found.mark == 0x51525354);
    CHECK(found.timeout == 431999);
    CHECK(found.zone == 9);
    CHECK(found.protocol_state == 3);
    CHECK(std::string(found.protocol_state_name) == "established");

    constexpr std::uint32_t of_tuple =
        NFLOGCAP_TUPLE_HAS_ADDRESSES | NFLOGCAP_TUPLE_HAS_PROTOCOL | NFLOGCAP_TUPLE_HAS_PORTS;
    CHECK(found.original.has == of_tuple);
    CHECK(address(found.original, found.original.source) == inside4);
    CHECK(address(found.original, found.original.destination) == server4);
    CHECK(found.original.protocol == IPPROTO_TCP);
    CHECK(found.original.source_port == 40001);
    CHECK(found.original.destination_port == 443);
    CHECK(found.reply.has == of_tuple);
    CHECK(address(found.reply, found.reply.source) == server4);
    CHECK(address(found.reply, found.reply.destination) == client4);
    CHECK(found.reply.protocol == IPPROTO_TCP);
    CHECK(found.reply.source_port == 443);
    CHECK(found.reply.destination_port == 61000);
}

TEST_CASE("each direction has its zone and its counters")
{
    const nflogcap_conntrack found = read(counted_entry());
    CHECK((found.has & NFLOGCAP_CONNTRACK_HAS_ZONE) == 0);
    CHECK((found.has & NFLOGCAP_CONNTRACK_HAS_MARK) != 0);
    constexpr std::uint32_t both = NFLOGCAP_TUPLE_HAS_ZONE | NFLOGCAP_TUPLE_HAS_COUNTERS;
    CHECK((found.original.has & both) == both);
    CHECK((found.reply.has & both) == both);
    CHECK(found.original.zone == 3);
    CHECK(found.reply.zone == 4);
    CHECK(found.original.packets == 0x100000001);
    CHECK(found.original.bytes == 0x200000002);
    CHECK(found.reply.packets == 3);
    CHECK(found.reply.bytes == 400);
    CHECK(address(found.original, found.original.source) == client6);
    CHECK(address(found.reply, found.reply.destination) == client6);
}

TEST_CASE("ICMP and ICMPv6 have type, code and identifier instead of ports")
{
    const nflogcap_conntrack four = read(ping_entry());
    CHECK(four.original.has ==
          (NFLOGCAP_TUPLE_HAS_ADDRESSES | NFLOGCAP_TUPLE_HAS_PROTOCOL | NFLOGCAP_TUPLE_HAS_ICMP));
    CHECK(four.original.icmp_type == 8);
    CHECK(four.original.icmp_code == 0);
    CHECK(four.original.icmp_id == 4711);
    CHECK(four.reply.icmp_type == 0);
    const nflogcap_conntrack six = read(ping6_entry());
    CHECK(six.original.has == four.original.has);
    CHECK(six.original.icmp_type == 128);
    CHECK(six.original.icmp_id == 4712);
    CHECK(six.reply.icmp_type == 129);
}

TEST_CASE("the states of SCTP and DCCP have their own names")
{
    const auto name = [](int protocol_nest, unsigned state) {
        const nflogcap_conntrack found = read(state_entry(protocol_nest, state));
        CHECK(found.has == NFLOGCAP_CONNTRACK_HAS_PROTOCOL_STATE);
        CHECK(found.protocol_state == state);
        return std::string(found.protocol_state_name);
    };
    CHECK(name(CTA_PROTOINFO_TCP, 9) == "syn_sent2");
    CHECK(name(CTA_PROTOINFO_SCTP, 2) == "cookie_wait");
    CHECK(name(CTA_PROTOINFO_DCCP, 1) == "request");
}

TEST_CASE("a state without a name is only a number")
{
    const nflogcap_conntrack found = read(state_entry(CTA_PROTOINFO_TCP, 10));
    CHECK(found.protocol_state == 10);
    CHECK(found.protocol_state_name == nullptr);
    CHECK(nflog::protocol_state_name(IPPROTO_UDP, 1) == nullptr);
}

TEST_CASE("the state and the direction have the same names as in nft")
{
    const auto words = [](std::uint32_t ct_info) {
        const nflogcap_conntrack found = read_info(ct_info);
        CHECK(found.has == NFLOGCAP_CONNTRACK_HAS_STATE);
        return std::string(found.state) + ' ' + found.direction;
    };
    CHECK(words(IP_CT_ESTABLISHED) == "established original");
    CHECK(words(IP_CT_RELATED) == "related original");
    CHECK(words(IP_CT_NEW) == "new original");
    CHECK(words(IP_CT_ESTABLISHED_REPLY) == "established reply");
    CHECK(words(IP_CT_RELATED_REPLY) == "related reply");
    CHECK(words(IP_CT_NEW_REPLY) == "new reply");
    for (const std::uint32_t unknown : {6U, 7U, UINT32_MAX}) {
        const nflogcap_conntrack found = read_info(unknown);
        CHECK(found.has == 0);
        CHECK(found.state == nullptr);
        CHECK(found.direction == nullptr);
    }
}

TEST_CASE("without a conntrack entry, all members are absent")
{
    const nflogcap_conntrack nothing{};
    CHECK(are_same(nflog::read_conntrack({}), nothing));
    CHECK(are_same(read({}), nothing));
    nflogcap_packet packet{}; // values without their bits are not read
    packet.ct_info = 2;
    packet.ct_length = 4;
    CHECK(are_same(nflog::read_conntrack(packet), nothing));
}

TEST_CASE("a value with a wrong length is absent")
{
    for (const std::size_t length : {0U, 1U, 2U, 3U, 5U, 8U, 16U}) {
        CAPTURE(length);
        const Bytes wrong(length);
        if (length != 2)
            CHECK(read(nested({{CTA_ZONE, wrong}})).has == 0);
        for (const int type : {CTA_ID, CTA_STATUS, CTA_TIMEOUT, CTA_MARK})
            CHECK(read(nested({{type, wrong}})).has == 0);
        if (length != 1) {
            CHECK(
                read(nested({nest(CTA_PROTOINFO, {nest(CTA_PROTOINFO_TCP, {{1, wrong}})})})).has ==
                0);
            CHECK(read_tuple({nest(CTA_TUPLE_PROTO, {{CTA_PROTO_NUM, wrong}})}).has == 0);
        }
        if (length != 8)
            CHECK(read(nested({nest(CTA_COUNTERS_ORIG,
                                    {{CTA_COUNTERS_PACKETS, wrong}, {CTA_COUNTERS_BYTES, wrong}})}))
                      .has == 0);
        CHECK(read_tuple({nest(CTA_TUPLE_IP, {{CTA_IP_V4_SRC, wrong}, {CTA_IP_V4_DST, wrong}})})
                  .has == 0);
        if (length != 16)
            CHECK(read_tuple({nest(CTA_TUPLE_IP, {{CTA_IP_V6_SRC, wrong}, {CTA_IP_V6_DST, wrong}})})
                      .has == 0);
    }
}

TEST_CASE("if only one value of a pair is present, both count as absent")
{
    CHECK(read_tuple({nest(CTA_TUPLE_IP, {{CTA_IP_V4_SRC, client4}})}).has == 0);
    CHECK(read_tuple({nest(CTA_TUPLE_IP, {{CTA_IP_V4_SRC, client4}, {CTA_IP_V6_DST, server6}})})
              .has == 0);
    CHECK(read_tuple({nest(CTA_TUPLE_PROTO, {{CTA_PROTO_SRC_PORT, bytes({1, 2})}})}).has == 0);
    CHECK(read_tuple({nest(CTA_TUPLE_PROTO, {{CTA_PROTO_ICMP_ID, bytes({1, 2})},
                                             {CTA_PROTO_ICMP_TYPE, bytes({8})}})})
              .has == 0);
    CHECK(read(nested({nest(CTA_COUNTERS_REPLY, {{CTA_COUNTERS_BYTES, Bytes(8)}})})).has == 0);
}

TEST_CASE("if an attribute of a connection occurs twice, the last one counts")
{
    const Bytes twice =
        nested({{CTA_ID, big_endian(UINT32_C(1))}, {CTA_ID, big_endian(UINT32_C(2))}});
    CHECK(read(twice).id == 2);
    const Bytes invalid = nested({{CTA_ID, big_endian(UINT32_C(1))}, {CTA_ID, bytes({1})}});
    CHECK(read(invalid).has == 0);
    const auto tuple = nest(CTA_TUPLE_ORIG, {addresses(client4, server4)});
    const auto without = nest(CTA_TUPLE_ORIG, {ports(IPPROTO_UDP, 1, 2)});
    CHECK(read(nested({tuple, without})).original.has ==
          (NFLOGCAP_TUPLE_HAS_PROTOCOL | NFLOGCAP_TUPLE_HAS_PORTS));
}

TEST_CASE(
    "attributes are read with and without the flag that they are nested, and others are skipped")
{
    const Bytes flagless = nested(
        {{CTA_TUPLE_ORIG,
          nested({{CTA_TUPLE_IP, nested({{CTA_IP_V4_SRC, client4}, {CTA_IP_V4_DST, server4}})}})},
         {CTA_MAX + 1, Bytes(4)},
         {NLA_TYPE_MASK, Bytes(4)}});
    CHECK(read(flagless).has == NFLOGCAP_CONNTRACK_HAS_ORIGINAL);
}

TEST_CASE("an entry that is cut anywhere has the members before the cut")
{
    for (const Bytes& entry : entries) {
        const nflogcap_conntrack whole = read(entry);
        for (std::size_t length = 0; length < entry.size(); ++length) {
            const nflogcap_conntrack cut =
                read({entry.begin(), entry.begin() + static_cast<long>(length)});
            CHECK((cut.has & ~whole.has) == 0);
            CHECK((cut.original.has & ~whole.original.has) == 0);
            if ((cut.has & NFLOGCAP_CONNTRACK_HAS_ID) != 0)
                CHECK(cut.id == whole.id);
        }
    }
}

TEST_CASE("an attribute with a false length does not cause a read beyond the entry")
{
    for (const Bytes& entry : entries) {
        for (std::size_t at = 0; at < entry.size(); ++at) {
            for (const unsigned value : {0U, 1U, 3U, 4U, 5U, 0x80U, 0xffU}) {
                Bytes changed = entry;
                changed[at] = static_cast<std::byte>(value);
                const nflogcap_conntrack found = read(changed);
                CHECK(found.original.address_length <= sizeof found.original.source);
            }
        }
    }
}

TEST_CASE("attributes that are nested deeper than the kernel's are skipped")
{
    Bytes deep = bytes({1, 2, 3, 4});
    for (int depth = 0; depth < 1000; ++depth)
        deep = nested({{CTA_TUPLE_ORIG | NLA_F_NESTED, deep}});
    CHECK(read(deep).has == 0);
}

TEST_CASE("each bit of a status has its own name")
{
    std::uint32_t all = 0;
    for (const nflog::ConnectionStatus& status : nflog::connection_statuses) {
        CHECK((all & status.flag) == 0);
        CHECK_FALSE(status.name.empty());
        all |= status.flag;
    }
    CHECK(all == 0xffff);
}
