// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire_length.hpp"

#include "logged.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <ostream>

namespace nflog {

bool operator==(const WireLength& one, const WireLength& other)
{
    return one.bytes == other.bytes && one.is_known == other.is_known;
}

std::ostream& operator<<(std::ostream& out, const WireLength& length)
{
    return out << length.bytes << (length.is_known ? "" : " or more");
}

} // namespace nflog

using namespace logged;
using nflog::WireLength;

namespace {

WireLength known(std::size_t bytes)
{
    return {static_cast<std::uint32_t>(bytes), true};
}

WireLength at_least(std::size_t bytes)
{
    return {static_cast<std::uint32_t>(bytes), false};
}

WireLength length(std::uint8_t family, std::uint8_t hook, std::uint16_t protocol, Bytes payload)
{
    payload.shrink_to_fit();
    const Logged logged(family, hook, protocol, std::move(payload));
    return nflog::wire_length(logged.packet);
}

WireLength ip_length(std::uint16_t protocol, Bytes payload)
{
    return length(NFPROTO_IPV4, 0, protocol, std::move(payload));
}

// Hop-by-hop options of IPv6, with padding to a multiple of 8 bytes.
Bytes hop_by_hop(Bytes options)
{
    options.insert(options.begin(), {IPPROTO_TCP, 0});
    options.resize((options.size() + 7) / 8 * 8);
    options[1] = static_cast<std::uint8_t>(options.size() / 8 - 1);
    return options;
}

Bytes jumbo(std::uint32_t bytes)
{
    return {0xc2,
            4,
            static_cast<std::uint8_t>(bytes >> 24),
            static_cast<std::uint8_t>(bytes >> 16),
            static_cast<std::uint8_t>(bytes >> 8),
            static_cast<std::uint8_t>(bytes)};
}

WireLength jumbogram_length(const Bytes& hop_by_hop_header, std::size_t captured_behind = 100)
{
    return ip_length(ETH_P_IPV6, join({ipv6(0), hop_by_hop_header, Bytes(captured_behind)}));
}

} // namespace

TEST_CASE("an IPv4 packet has the length in its header")
{
    CHECK(ip_length(ETH_P_IP, ipv4(20)) == known(20));
    CHECK(ip_length(ETH_P_IP, ipv4(1500)) == known(1500));
    CHECK(ip_length(ETH_P_IP, ipv4(65535)) == known(65535));
}

TEST_CASE("an IPv6 packet has the length in its header")
{
    CHECK(ip_length(ETH_P_IPV6, ipv6(8)) == known(48));
    CHECK(ip_length(ETH_P_IPV6, ipv6(65535)) == known(65575));
}

TEST_CASE("the length of an IPv6 packet includes its extension headers")
{
    Bytes packet = ipv6(24 + 100);
    packet[6] = 0; // hop-by-hop options come next
    const Bytes options(24);
    CHECK(ip_length(ETH_P_IPV6, join({packet, options})) == known(40 + 124));
}

TEST_CASE("a jumbogram has the length in its option")
{
    const std::uint32_t bytes = 8 + 95000;
    CHECK(jumbogram_length(hop_by_hop(jumbo(bytes))) == known(40 + bytes));
    CHECK(jumbogram_length(hop_by_hop(jumbo(65536))) == known(40 + 65536));
    // The jumbo option follows padding of both kinds and another option.
    CHECK(jumbogram_length(hop_by_hop(
              join({{0, 0, 1, 0, 1, 2, 9, 9}, {5, 2, 0, 0}, jumbo(bytes)}))) == known(40 + bytes));
    // The jumbo option is at the end of 2,048 bytes of options.
    Bytes far;
    while (far.size() + 6 < 2048 - 2)
        far.insert(far.end(), {1, 2, 0, 0});
    CHECK(jumbogram_length(hop_by_hop(join({far, jumbo(bytes)}))) == known(40 + bytes));
}

TEST_CASE("an invalid jumbo option, or one that the snaplen cut off, makes the length unknown")
{
    CHECK(jumbogram_length(hop_by_hop(jumbo(65535)), 0) ==
          at_least(48)); // such a packet needs no option
    CHECK(jumbogram_length(hop_by_hop(jumbo(0)), 0) == at_least(48));
    CHECK(jumbogram_length(hop_by_hop(jumbo(524280)), 0) == known(40 + 524280));
    CHECK(jumbogram_length(hop_by_hop(jumbo(524281)), 0) ==
          at_least(48)); // longer than any packet of the kernel
    CHECK(jumbogram_length(hop_by_hop(jumbo(UINT32_MAX)), 0) == at_least(48));
    CHECK(jumbogram_length(hop_by_hop({0xc2, 2, 9, 9}), 0) ==
          at_least(48)); // an option with a wrong length
    CHECK(jumbogram_length(hop_by_hop({1, 255}), 0) ==
          at_least(48)); // an option that exceeds the header
    const Bytes whole = join({ipv6(0), hop_by_hop(jumbo(95000))});
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        const Bytes payload(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        CHECK(ip_length(ETH_P_IPV6, payload) == at_least(cut));
    }
    CHECK(ip_length(ETH_P_IPV6, whole) == known(40 + 95000));
    Bytes no_options = ipv6(0);
    no_options[6] = IPPROTO_TCP; // now the same bytes belong to TCP
    CHECK(ip_length(ETH_P_IPV6, join({no_options, hop_by_hop(jumbo(95000))})) == at_least(48));
}

TEST_CASE("a packet without a length in its header is at least as long as its payload")
{
    CHECK(ip_length(ETH_P_IP, join({ipv4(0), Bytes(70)})) == at_least(90));
    CHECK(ip_length(ETH_P_IPV6, join({ipv6(0), Bytes(70)})) == at_least(110));
}

TEST_CASE("an IPv6 packet that is only a header has a known length")
{
    Bytes packet = ipv6(0);
    packet[6] = IPPROTO_NONE;
    CHECK(ip_length(ETH_P_IPV6, packet) == known(40));
    CHECK(ip_length(ETH_P_IPV6, Bytes(packet.begin(), packet.end() - 1)) == at_least(39));
}

TEST_CASE("padding after a short packet counts as part of the payload")
{
    CHECK(ip_length(ETH_P_IP, join({ipv4(28), Bytes(26)})) == known(46));
    CHECK(ip_length(ETH_P_IPV6, join({ipv6(1), Bytes(26)})) == known(66));
}

TEST_CASE("the length of an ARP packet follows from the lengths of its addresses")
{
    const Bytes request = {0, 1, 8, 0, 6, 4, 0, 1};
    CHECK(length(NFPROTO_ARP, arp_in, ETH_P_ARP, request) == known(28));
    CHECK(length(NFPROTO_ARP, arp_in, ETH_P_ARP, join({request, Bytes(38)})) == known(46));
    CHECK(length(NFPROTO_ARP, arp_in, ETH_P_ARP, {0, 1, 8, 0, 6}) == at_least(5));
}

TEST_CASE("a packet of another protocol is at least as long as its payload")
{
    CHECK(length(NFPROTO_BRIDGE, 0, ETH_P_PAE, Bytes(50, 0xff)) == at_least(50));
    CHECK(ip_length(0, Bytes(50, 0xff)) == at_least(50));
}

TEST_CASE("a packet without payload has an unknown length")
{
    CHECK(ip_length(ETH_P_IP, {}) == at_least(0));
    CHECK(length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, {}) == at_least(0));
}

TEST_CASE("a payload that ends before the length in its IP header has an unknown length")
{
    for (const std::uint16_t protocol :
         std::initializer_list<std::uint16_t>{ETH_P_IP, ETH_P_IPV6}) {
        const std::size_t length_ends = protocol == ETH_P_IP ? 4 : 6;
        const Bytes whole = protocol == ETH_P_IP ? ipv4(1500) : ipv6(1460);
        for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
            CAPTURE(protocol, cut);
            const Bytes payload(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
            CHECK(ip_length(protocol, payload) ==
                  (cut < length_ends ? at_least(cut) : known(1500)));
        }
    }
}

TEST_CASE("the length of an Ethernet frame as payload includes its headers")
{
    const Bytes q = {0x81, 0x00, 0x00, 0x05};
    const Bytes ad = {0x88, 0xa8, 0x00, 0x06};
    const Bytes arp = join({{0, 1, 8, 0, 6, 4}, Bytes(22)});
    const auto egress = [](Bytes payload) {
        return length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, std::move(payload));
    };
    CHECK(egress(join({addresses, ip_type, ipv4(1500)})) == known(1514));
    CHECK(egress(join({addresses, {0x86, 0xdd}, ipv6(1460)})) == known(1514));
    CHECK(egress(join({addresses, q, ip_type, ipv4(1500)})) == known(1518));
    CHECK(egress(join({addresses, ad, q, ip_type, ipv4(1500)})) == known(1522));
    CHECK(egress(join({addresses, arp_type, arp})) == known(42));
    CHECK(length(NFPROTO_ARP, arp_out, ETH_P_ARP, join({addresses, arp_type, arp})) == known(42));
}

TEST_CASE(
    "an Ethernet frame that is cut has a known length if the length in its IP header is there")
{
    const Bytes whole =
        join({addresses, {0x88, 0xa8, 0, 6}, {0x81, 0x00, 0, 5}, ip_type, ipv4(1500)});
    const std::size_t length_ends = 22 + 4;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CAPTURE(cut);
        const Bytes payload(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        CHECK(length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, payload) ==
              (cut < length_ends ? at_least(cut) : known(1522)));
    }
}

TEST_CASE("a frame of only VLAN tags has an unknown length")
{
    Bytes tags = addresses;
    for (int i = 0; i < 1000; ++i)
        tags = join({tags, {0x81, 0x00, 0, 1}});
    CHECK(length(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, tags) == at_least(4012));
}
