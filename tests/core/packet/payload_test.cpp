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
