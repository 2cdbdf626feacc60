// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.hpp"

#include "logged.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/netfilter.h>

using namespace logged;

namespace {

std::uint32_t wire_length(std::uint8_t family, std::uint8_t hook, std::uint16_t protocol,
                          Bytes payload)
{
    payload.shrink_to_fit();
    const Logged logged(family, hook, protocol, std::move(payload));
    return nflog::wire_length(logged.packet);
}

std::uint32_t wire_length_ip(std::uint16_t protocol, Bytes payload)
{
    return wire_length(NFPROTO_IPV4, 0, protocol, std::move(payload));
}

Bytes frame(const nflogcap_packet& packet)
{
    Bytes buffer(nflog::write_frame(packet, nullptr, 0));
    REQUIRE(nflog::write_frame(packet, buffer.data(), buffer.size()) == buffer.size());
    return buffer;
}

const Bytes body = {0x45, 1, 2, 3, 4, 5, 6, 7, 8, 9};

} // namespace

TEST_CASE("an IPv4 packet tells its length on the wire")
{
    CHECK(wire_length_ip(ETH_P_IP, ipv4(20)) == 20);
    CHECK(wire_length_ip(ETH_P_IP, ipv4(1500)) == 1500);
    CHECK(wire_length_ip(ETH_P_IP, ipv4(65535)) == 65535);
}

TEST_CASE("an IPv6 packet tells its length on the wire")
{
    CHECK(wire_length_ip(ETH_P_IPV6, ipv6(8)) == 48);
    CHECK(wire_length_ip(ETH_P_IPV6, ipv6(65535)) == 65575);
}

TEST_CASE("extension headers of IPv6 are a part of its length")
{
    Bytes packet = ipv6(24 + 100);
    packet[6] = 0; // hop-by-hop options come next
    const Bytes options(24);
    CHECK(wire_length_ip(ETH_P_IPV6, join({packet, options})) == 40 + 124);
}

TEST_CASE("a packet whose header gives no length has that of its payload")
{
    CHECK(wire_length_ip(ETH_P_IP, join({ipv4(0), Bytes(70)})) == 90);    // to be segmented yet
    CHECK(wire_length_ip(ETH_P_IPV6, join({ipv6(0), Bytes(70)})) == 110); // a jumbogram
}

TEST_CASE("padding behind a short packet counts")
{
    CHECK(wire_length_ip(ETH_P_IP, join({ipv4(28), Bytes(26)})) == 46);
    CHECK(wire_length_ip(ETH_P_IPV6, join({ipv6(1), Bytes(26)})) == 66);
}

TEST_CASE("what is not IP has the length of its payload")
{
    CHECK(wire_length(NFPROTO_ARP, arp_in, ETH_P_ARP, Bytes(28, 0xff)) == 28);
    CHECK(wire_length(NFPROTO_BRIDGE, 0, ETH_P_PAE, Bytes(50, 0xff)) == 50);
    CHECK(wire_length_ip(0, Bytes(50, 0xff)) == 50);
}

TEST_CASE("no payload has no length")
{
    CHECK(wire_length_ip(ETH_P_IP, {}) == 0);
    CHECK(wire_length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, {}) == 0);
}

TEST_CASE("a payload that ends before the length in its IP header has its own")
{
    for (const std::uint16_t protocol :
         std::initializer_list<std::uint16_t>{ETH_P_IP, ETH_P_IPV6}) {
        const std::size_t length_ends = protocol == ETH_P_IP ? 4 : 6;
        const Bytes whole = protocol == ETH_P_IP ? ipv4(1500) : ipv6(1460);
        for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
            CAPTURE(protocol, cut);
            const Bytes payload(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
            CHECK(wire_length_ip(protocol, payload) == (cut < length_ends ? cut : 1500));
        }
    }
}

TEST_CASE("an Ethernet frame as payload has its headers counted to the IP packet's length")
{
    const Bytes q = {0x81, 0x00, 0x00, 0x05};
    const Bytes ad = {0x88, 0xa8, 0x00, 0x06};
    const auto egress = [](Bytes payload) {
        return wire_length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, std::move(payload));
    };
    CHECK(egress(join({addresses, ip_type, ipv4(1500)})) == 1514);
    CHECK(egress(join({addresses, {0x86, 0xdd}, ipv6(1460)})) == 1514);
    CHECK(egress(join({addresses, q, ip_type, ipv4(1500)})) == 1518);
    CHECK(egress(join({addresses, ad, q, ip_type, ipv4(1500)})) == 1522);
    CHECK(egress(join({addresses, arp_type, Bytes(28)})) == 42);
    CHECK(wire_length(NFPROTO_ARP, arp_out, ETH_P_ARP, join({addresses, arp_type, Bytes(28)})) ==
          42);
}

TEST_CASE("an Ethernet frame that is cut anywhere tells a length as soon as it can")
{
    const Bytes whole =
        join({addresses, {0x88, 0xa8, 0, 6}, {0x81, 0x00, 0, 5}, ip_type, ipv4(1500)});
    const std::size_t length_ends = 22 + 4;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CAPTURE(cut);
        const Bytes payload(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        CHECK(wire_length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, payload) ==
              (cut < length_ends ? cut : 1522));
    }
}

TEST_CASE("a frame that is nothing but VLAN tags has its own length")
{
    Bytes tags = addresses;
    for (int i = 0; i < 1000; ++i)
        tags = join({tags, {0x81, 0x00, 0, 1}});
    CHECK(wire_length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, tags) == 4012);
}

TEST_CASE("a payload starts with Ethernet in arp output and netdev egress alone")
{
    const auto starts = [](std::uint8_t family, std::uint8_t hook) {
        const Logged logged(family, hook, ETH_P_IP, {});
        return nflog::starts_with_ethernet(logged.packet);
    };
    CHECK(starts(NFPROTO_ARP, arp_out));
    CHECK(starts(NFPROTO_NETDEV, netdev_egress));
    CHECK_FALSE(starts(NFPROTO_ARP, arp_in));
    CHECK_FALSE(starts(NFPROTO_NETDEV, netdev_ingress));
    for (std::uint8_t hook = 0; hook <= NF_INET_POST_ROUTING; ++hook) {
        CHECK_FALSE(starts(NFPROTO_IPV4, hook));
        CHECK_FALSE(starts(NFPROTO_IPV6, hook));
        CHECK_FALSE(starts(NFPROTO_BRIDGE, hook));
    }
}

TEST_CASE("the frame of a bridged packet has the VLAN tag back in its place")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, body);
    logged.l2(join({addresses, ip_type})).hw(Bytes(14, 0xee));
    CHECK(frame(logged.packet) == join({addresses, ip_type, body}));
    logged.vlan(0x88a8, 0x602a);
    CHECK(frame(logged.packet) == join({addresses, {0x88, 0xa8, 0x60, 0x2a}, ip_type, body}));
}

TEST_CASE("the frame of a packet at netdev ingress begins with its link-layer header")
{
    Logged logged(NFPROTO_NETDEV, netdev_ingress, ETH_P_IP, body);
    logged.l2(join({addresses, ip_type})).vlan(0x8100, 7);
    CHECK(frame(logged.packet) == join({addresses, {0x81, 0x00, 0x00, 0x07}, ip_type, body}));
}

TEST_CASE("the frame of a packet at netdev egress is its payload, header once, tag put in")
{
    const Bytes payload = join({addresses, ip_type, body});
    Logged logged(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, payload);
    logged.l2(join({addresses, ip_type})).hw(join({addresses, ip_type}));
    CHECK(frame(logged.packet) == payload);
    logged.vlan(0x8100, 7);
    CHECK(frame(logged.packet) == join({addresses, {0x81, 0x00, 0x00, 0x07}, ip_type, body}));
}

TEST_CASE("the frame of an arp packet is the same in input and output")
{
    const Bytes whole = join({addresses, arp_type, body});
    Logged in(NFPROTO_ARP, arp_in, ETH_P_ARP, body);
    in.hw(join({addresses, arp_type}));
    CHECK(frame(in.packet) == whole);
    const Logged out(NFPROTO_ARP, arp_out, ETH_P_ARP, whole);
    CHECK(frame(out.packet) == whole);
}

TEST_CASE("the frame of an IP packet begins with the header that it came in with")
{
    Logged logged(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, body);
    CHECK(frame(logged.packet) == body);
    logged.hw(join({addresses, ip_type}));
    CHECK(frame(logged.packet) == join({addresses, ip_type, body}));
}

TEST_CASE("the frame of a packet without payload is its header")
{
    Logged logged(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, {});
    CHECK(frame(logged.packet).empty());
    logged.hw(join({addresses, ip_type}));
    CHECK(frame(logged.packet) == join({addresses, ip_type}));
}

TEST_CASE("a header that is too short for a VLAN tag is left as it is")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, body);
    logged.l2(Bytes(11, 0xcc)).vlan(0x8100, 1);
    CHECK(frame(logged.packet) == join({Bytes(11, 0xcc), body}));
    logged.l2(addresses);
    CHECK(frame(logged.packet) == join({addresses, {0x81, 0x00, 0x00, 0x01}, body}));
}

TEST_CASE("a frame is written as far as the buffer reaches and its whole length returned")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, body);
    logged.l2(join({addresses, ip_type})).vlan(0x8100, 7);
    const Bytes whole = frame(logged.packet);
    REQUIRE(whole.size() == 14 + 4 + body.size());
    for (std::size_t capacity = 0; capacity <= whole.size() + 4; ++capacity) {
        CAPTURE(capacity);
        constexpr std::uint8_t untouched = 0xa5;
        Bytes buffer(capacity, untouched);
        CHECK(nflog::write_frame(logged.packet, buffer.data(), capacity) == whole.size());
        Bytes expected = whole;
        expected.resize(capacity, untouched);
        CHECK(buffer == expected);
    }
}
