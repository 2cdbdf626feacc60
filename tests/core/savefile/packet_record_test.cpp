// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_record.hpp"

#include "frame.hpp"
#include "logged.hpp"
#include "wire_length.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/netfilter.h>

using namespace logged;
using nflog::LinkType;

namespace {

struct Record {
    bool is_held;
    Bytes bytes;
    std::uint32_t length;

    bool operator==(const Record&) const = default;
};

const Record none{false, {}, 0};

Record held(const Bytes& bytes, std::size_t cut_off = 0)
{
    return {true, bytes, static_cast<std::uint32_t>(bytes.size() + cut_off)};
}

std::ostream& operator<<(std::ostream& out, const Record& record)
{
    return out << (record.is_held ? "held" : "none") << ' '
               << Catch::Detail::stringify(record.bytes) << " of " << record.length;
}

Record record_of(const Logged& logged, LinkType type)
{
    nflogcap_packet packet = logged.packet;
    packet.wire_length = nflog::wire_length(packet).bytes;
    Bytes frame(type == LinkType::ethernet ? nflog::max_frame_bytes : 0);
    const auto record = nflog::record_of(packet, type, frame);
    if (!record)
        return none;
    return {true, {record->bytes.begin(), record->bytes.end()}, record->length};
}

Record raw(const Logged& logged)
{
    return record_of(logged, LinkType::raw);
}

Record ethernet(const Logged& logged)
{
    return record_of(logged, LinkType::ethernet);
}

const Bytes no_addresses(12);
const Bytes ip6_type = {0x86, 0xdd};
const Bytes tag = {0x81, 0x00, 0x00, 0x07};

} // namespace

TEST_CASE("a record of NFLOG is the kernel's message")
{
    const Bytes message = {2, 0, 0, 5, 8, 0, 1, 0};
    nflogcap_packet packet{};
    packet.message = message.data();
    packet.message_length = static_cast<std::uint32_t>(message.size());
    const auto record = nflog::record_of(packet, LinkType::nflog, {});
    REQUIRE(record);
    CHECK(record->bytes.data() == message.data());
    CHECK(record->bytes.size() == message.size());
    CHECK(record->length == message.size());
}

TEST_CASE("a record of RAW is the packet from its IP header on; one of Ethernet is its frame")
{
    for (const Bytes& packet : {ipv4(20), ipv6(0)}) {
        const bool is_4 = packet[0] == 0x45;
        const Bytes& type = is_4 ? ip_type : ip6_type;
        const std::uint16_t protocol = is_4 ? ETH_P_IP : ETH_P_IPV6;

        Logged plain(is_4 ? NFPROTO_IPV4 : NFPROTO_IPV6, NF_INET_LOCAL_OUT, 0, packet);
        CHECK(raw(plain) == held(packet));
        CHECK(ethernet(plain) == held(join({no_addresses, type, packet})));
        plain.packet.hook = NF_INET_PRE_ROUTING;
        plain.packet.hw_protocol = protocol;
        plain.hw(join({addresses, type}));
        CHECK(raw(plain) == held(packet));
        CHECK(ethernet(plain) == held(join({addresses, type, packet})));

        Logged bridged(NFPROTO_BRIDGE, NF_INET_FORWARD, protocol, packet);
        bridged.l2(join({addresses, type})).vlan(0x8100, 7);
        CHECK(raw(bridged) == held(packet));
        CHECK(ethernet(bridged) == held(join({addresses, tag, type, packet})));

        Logged tagged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021Q, join({{0, 7}, type, packet}));
        tagged.l2(join({addresses, {0x81, 0x00}}));
        CHECK(raw(tagged) == held(packet));
        CHECK(ethernet(tagged) == held(join({addresses, tag, type, packet})));

        const Logged leaving(NFPROTO_NETDEV, netdev_egress, protocol,
                             join({addresses, type, packet}));
        CHECK(raw(leaving) == held(packet));
        CHECK(ethernet(leaving) == held(join({addresses, type, packet})));
    }
}

TEST_CASE("the length of a record includes the bytes that the snaplen cut off")
{
    Logged cut(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, ipv4(1500));
    CHECK(raw(cut) == held(ipv4(1500), 1480));
    CHECK(ethernet(cut) == held(join({no_addresses, ip_type, ipv4(1500)}), 1480));
    cut.hw(join({addresses, ip_type}));
    CHECK(ethernet(cut) == held(join({addresses, ip_type, ipv4(1500)}), 1480));

    Logged tagged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021Q,
                  join({{0, 7}, ip_type, ipv4(1500)}));
    CHECK(raw(tagged) == held(ipv4(1500), 1480));
    tagged.l2(join({addresses, {0x81, 0x00}})).vlan(0x88a8, 7);
    CHECK(ethernet(tagged) ==
          held(join({addresses, {0x88, 0xa8, 0x00, 0x07}, tag, ip_type, ipv4(1500)}), 1480));
}

TEST_CASE("RAW skips packets that are not IPv4 or IPv6")
{
    const Bytes body = {0, 1, 8, 0, 6, 4, 0, 1};
    Logged arp(NFPROTO_ARP, arp_in, ETH_P_ARP, body);
    CHECK(raw(arp) == none);
    CHECK(ethernet(arp) == held(join({no_addresses, arp_type, body}), 20));
    arp.hw(join({addresses, arp_type}));
    CHECK(ethernet(arp) == held(join({addresses, arp_type, body}), 20));

    Logged bridged(NFPROTO_BRIDGE, NF_INET_FORWARD, 0x88cc, {0x45, 2, 3});
    CHECK(raw(bridged) == none); // although its first byte looks like IPv4
    CHECK(ethernet(bridged) == held(join({no_addresses, {0x88, 0xcc}, {0x45, 2, 3}})));

    for (const std::uint16_t protocol : {std::uint16_t{ETH_P_IP}, std::uint16_t{ETH_P_IPV6}}) {
        const Logged wrong(NFPROTO_NETDEV, netdev_ingress, protocol, {0x50, 0, 0, 20});
        CHECK(raw(wrong) == none); // no program could identify the packet
    }
}

TEST_CASE("RAW skips packets without any payload")
{
    CHECK(raw({NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, {}}) == none);
    CHECK(raw({NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021Q, {0, 7, 8, 0}}) == none);
    CHECK(raw({NFPROTO_NETDEV, netdev_egress, ETH_P_IP, join({addresses, ip_type})}) == none);
}

TEST_CASE("Ethernet skips packets that have no header and no EtherType")
{
    Logged unknown(NFPROTO_BRIDGE, NF_INET_FORWARD, 0, {1, 2, 3});
    CHECK(ethernet(unknown) == none);
    unknown.l2(join({addresses, {0x00, 0x03}}));
    CHECK(ethernet(unknown) == held(join({addresses, {0x00, 0x03}, {1, 2, 3}})));

    Logged metadata(NFPROTO_IPV4, NF_INET_LOCAL_OUT, 0, {});
    CHECK(ethernet(metadata) == none);
    metadata.packet.hw_protocol = ETH_P_IP;
    CHECK(ethernet(metadata) == held(join({no_addresses, ip_type})));

    Logged tunnelled(NFPROTO_NETDEV, netdev_egress, ETH_P_IP,
                     join({ipv4(90), {0, 0, 8, 0}, ipv4(20)}));
    tunnelled.l2(join({ipv4(90), {0, 0, 8, 0}}));
    CHECK(ethernet(tunnelled) == held(join({no_addresses, ip_type, ipv4(20)})));
    tunnelled.packet.payload_length = 10; // less than the tunnel's header
    CHECK(ethernet(tunnelled) == held(join({no_addresses, ip_type})));

    Logged llc(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_802_2, {0x42, 0x42, 3});
    CHECK(ethernet(llc) == none); // the number is the kernel's own, and not an EtherType
    llc.l2(join({addresses, {0x00, 0x03}}));
    CHECK(ethernet(llc) == held(join({addresses, {0x00, 0x03}, {0x42, 0x42, 3}})));
}

TEST_CASE("Ethernet does not use a header if the kernel has removed another one after it")
{
    for (const Bytes& type : {Bytes{0x88, 0x64}, Bytes{0x81, 0x00}, Bytes{0x88, 0x47}}) {
        Logged bare(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, ipv4(1500));
        bare.hw(join({addresses, type}));
        CHECK(ethernet(bare) == held(join({no_addresses, ip_type, ipv4(1500)}), 1480));
    }
}

TEST_CASE("the longest packet of the kernel fits into a frame")
{
    Logged longest(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, join({ipv4(65535), Bytes(65511)}));
    longest.l2(join({addresses, ip_type})).vlan(0x8100, 7);
    const Record record = ethernet(longest);
    CHECK(record.bytes == join({addresses, tag, ip_type, longest.payload}));
    CHECK(record.length == 14 + 4 + 65535);
}
