// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame.hpp"

#include "logged.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/netfilter.h>

using namespace logged;

namespace {

Bytes frame(const nflogcap_packet& packet)
{
    Bytes buffer(nflog::write_frame(packet, nullptr, 0));
    REQUIRE(nflog::write_frame(packet, buffer.data(), buffer.size()) == buffer.size());
    return buffer;
}

const Bytes body = {0x45, 1, 2, 3, 4, 5, 6, 7, 8, 9};

} // namespace

TEST_CASE("the frame of a bridged packet has the VLAN tag at its original place")
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

TEST_CASE("the frame of a packet at netdev egress is its payload, with the header once and the tag "
          "inserted")
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

TEST_CASE("the frame of an IP packet begins with the header with which the packet arrived")
{
    Logged logged(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, body);
    CHECK(frame(logged.packet) == body);
    logged.hw(join({addresses, ip_type}));
    CHECK(frame(logged.packet) == join({addresses, ip_type, body}));
}

TEST_CASE("the frame of a routed packet at postrouting has no header, because the kernel's may "
          "belong to another device")
{
    for (const std::uint8_t family : {NFPROTO_IPV4, NFPROTO_IPV6}) {
        Logged logged(family, NF_INET_POST_ROUTING, ETH_P_IP, body);
        logged.hw(join({addresses, ip_type}));
        CHECK(frame(logged.packet) == body);
        CHECK_FALSE(nflog::has_ethernet_header(logged.packet));
    }
}

TEST_CASE("bytes that cannot be this packet's Ethernet header are not put in front of it")
{
    // A packet came through a tunnel to a device of type Ethernet (a VRF). The bytes that the
    // kernel sends as header are the packet itself, or the tunnel's header. The source address in
    // them looks like an EtherType.
    const Bytes packet = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, 17, 0, 0, 8, 0, 0, 1, 8, 0, 0, 2};
    Logged logged(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, packet);
    logged.hw(Bytes(packet.begin(), packet.begin() + 14));
    CHECK(frame(logged.packet) == packet);
    CHECK_FALSE(nflog::has_ethernet_header(logged.packet));
    logged.hw({0x45, 0, 0, 90, 0, 0, 0, 0, 64, 47, 0, 0, 192, 0});
    CHECK(frame(logged.packet) == packet);
    CHECK_FALSE(nflog::has_ethernet_header(logged.packet));
    for (const Bytes& type :
         {ip_type, Bytes{0x81, 0x00}, Bytes{0x88, 0x64}, Bytes{0x88, 0x47}, Bytes{0x00, 0x40}}) {
        logged.hw(join({addresses, type}));
        CHECK(frame(logged.packet) == join({addresses, type, packet}));
        CHECK(nflog::has_ethernet_header(logged.packet));
    }
}

TEST_CASE("the frame at netdev egress of a tunnel is its payload, and is not Ethernet")
{
    const Bytes tunnel = join({ipv4(90), {0, 0, 8, 0}});
    const Bytes payload = join({tunnel, body});
    Logged logged(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, payload);
    logged.l2(tunnel);
    CHECK(frame(logged.packet) == payload);
    CHECK_FALSE(nflog::has_ethernet_header(logged.packet));
}

TEST_CASE("the frame of a packet without payload is its header")
{
    Logged logged(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ETH_P_IP, {});
    CHECK(frame(logged.packet).empty());
    logged.hw(join({addresses, ip_type}));
    CHECK(frame(logged.packet) == join({addresses, ip_type}));
}

TEST_CASE("a header that is too short for a VLAN tag is left unchanged")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, body);
    logged.l2(Bytes(11, 0xcc)).vlan(0x8100, 1);
    CHECK(frame(logged.packet) == join({Bytes(11, 0xcc), body}));
    logged.l2(addresses);
    CHECK(frame(logged.packet) == join({addresses, {0x81, 0x00, 0x00, 0x01}, body}));
}

TEST_CASE("a frame is written up to the buffer's size, and its full length is returned")
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
