// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_filter.hpp"

#include "error.hpp"
#include "logged.hpp"

#include "catch.hpp"

#include <atomic>
#include <cerrno>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <string>
#include <thread>

using nflog::PacketFilter;
using namespace logged;

namespace {

constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint16_t port = 53;

// A source port of 4096, a destination port of 53, and data.
Bytes ports()
{
    Bytes header(20);
    header[0] = 0x10;
    header[3] = port;
    return header;
}

// An IPv4 packet from 10.0.0.1 to 10.0.0.2.
Bytes over_ipv4(std::uint8_t protocol)
{
    Bytes header = ipv4(40);
    header[9] = protocol;
    header[12] = header[16] = 10;
    header[15] = 1;
    header[19] = 2;
    return join({header, ports()});
}

// An IPv6 packet from fd00::1 to fd00::2.
Bytes over_ipv6(std::uint8_t protocol)
{
    Bytes header = ipv6(20);
    header[6] = protocol;
    header[8] = header[24] = 0xfd;
    header[23] = 1;
    header[39] = 2;
    return join({header, ports()});
}

// An ARP request of 10.0.0.1 for the address 10.0.0.2.
const Bytes arp = {0,  1, 8, 0, 6, 4, 0, 1, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55,
                   10, 0, 0, 1, 0, 0, 0, 0, 0,    0,    10,   0,    0,    2};

bool accepts(const std::string& expression, const nflogcap_packet& packet)
{
    return PacketFilter(expression).accepts(packet);
}

Logged& finish(Logged& logged, std::uint32_t cut_off = 0)
{
    logged.packet.wire_length = logged.packet.payload_length + cut_off;
    return logged;
}

bool accepts(const std::string& expression, std::uint8_t family, std::uint16_t protocol,
             const Bytes& payload)
{
    Logged logged(family, 0, protocol, payload);
    return accepts(expression, finish(logged).packet);
}

bool accepts_ipv4(const std::string& expression, const Bytes& payload)
{
    return accepts(expression, NFPROTO_IPV4, ETH_P_IP, payload);
}

bool accepts_ipv6(const std::string& expression, const Bytes& payload)
{
    return accepts(expression, NFPROTO_IPV6, ETH_P_IPV6, payload);
}

// The error text for an invalid expression; empty if the expression is valid. Any thread may call
// this.
std::string refusal(const std::string& expression)
{
    try {
        const PacketFilter filter(expression);
    } catch (const nflog::Error& failure) {
        if (failure.code() == EINVAL)
            return failure.what();
    }
    return "";
}

} // namespace

TEST_CASE("one expression works for IPv4 and IPv6")
{
    CHECK(accepts_ipv4("udp port 53", over_ipv4(udp)));
    CHECK(accepts_ipv6("udp port 53", over_ipv6(udp)));
    CHECK_FALSE(accepts_ipv4("udp port 53", over_ipv4(tcp)));
    CHECK_FALSE(accepts_ipv6("udp port 53", over_ipv6(tcp)));
    CHECK_FALSE(accepts_ipv4("udp port 54", over_ipv4(udp)));
    CHECK(accepts_ipv4("ip", over_ipv4(udp)));
    CHECK_FALSE(accepts_ipv4("ip6", over_ipv4(udp)));
    CHECK(accepts_ipv6("ip6", over_ipv6(udp)));
    CHECK_FALSE(accepts_ipv6("ip", over_ipv6(udp)));
    CHECK(accepts_ipv4("host 10.0.0.1 or host fd00::1", over_ipv4(udp)));
    CHECK(accepts_ipv6("host 10.0.0.1 or host fd00::1", over_ipv6(udp)));
}

TEST_CASE("layer 3 is found in the payload of every family")
{
    const std::string expression = GENERATE("udp dst port 53", "not tcp and src net 10.0.0.0/24",
                                            "ip[9] = 17 and udp[2:2] = 53 and len = 40");
    {
        Logged logged(NFPROTO_BRIDGE, 0, ETH_P_IP, over_ipv4(udp));
        CHECK(accepts(expression, finish(logged.l2(join({addresses, ip_type}))).packet));
    }
    {
        Logged logged(NFPROTO_NETDEV, netdev_ingress, ETH_P_IP, over_ipv4(udp));
        CHECK(accepts(expression, finish(logged.l2(join({addresses, ip_type}))).packet));
    }
    {
        Logged logged(NFPROTO_NETDEV, netdev_egress, ETH_P_IP,
                      join({addresses, ip_type, over_ipv4(udp)}));
        CHECK(accepts(expression, finish(logged).packet));
    }
    {
        // Two tags in the payload.
        Logged logged(
            NFPROTO_NETDEV, netdev_egress, ETH_P_8021AD,
            join({addresses, {0x88, 0xa8, 0, 9, 0x81, 0, 0, 7}, ip_type, over_ipv4(udp)}));
        CHECK(accepts(expression, finish(logged).packet));
    }
    {
        Logged logged(NFPROTO_BRIDGE, 0, ETH_P_8021Q, join({{0, 7}, ip_type, over_ipv4(udp)}));
        CHECK(accepts(expression, finish(logged).packet));
    }
    {
        Logged logged(NFPROTO_IPV4, 3, 0, over_ipv4(udp)); // at output the kernel sets no EtherType
        CHECK(accepts(expression, finish(logged).packet));
    }
}

TEST_CASE("arp matches only ARP, in every family and after a VLAN tag")
{
    Logged input(NFPROTO_ARP, arp_in, ETH_P_ARP, arp);
    Logged output(NFPROTO_ARP, arp_out, ETH_P_ARP, join({addresses, arp_type, arp}));
    Logged bridged(NFPROTO_BRIDGE, 0, ETH_P_ARP, arp);
    bridged.l2(join({addresses, arp_type}));
    Logged tagged(NFPROTO_BRIDGE, 0, ETH_P_8021Q, join({{0, 7}, arp_type, arp}));
    tagged.l2(join({addresses, {0x81, 0}})).vlan(ETH_P_8021AD, 9);
    for (Logged* logged : {&input, &output, &bridged, &tagged}) {
        const nflogcap_packet& packet = finish(*logged).packet;
        CHECK(accepts("arp", packet));
        CHECK(accepts("arp or udp", packet));
        CHECK(accepts("arp and arp[6:2] = 1 and arp host 10.0.0.2", packet));
        CHECK(accepts("host 10.0.0.2", packet)); // also matches addresses in ARP, as in tcpdump
        CHECK(accepts("not ip", packet));
        CHECK(accepts("len = 28", packet));
        CHECK(accepts("ether proto 0x0806", packet));
        CHECK_FALSE(accepts("ip", packet));
        CHECK_FALSE(accepts("ip or ip6", packet));
        CHECK_FALSE(accepts("not arp", packet));
        CHECK_FALSE(accepts("ip host 10.0.0.2", packet));
    }
    CHECK_FALSE(accepts_ipv4("arp", over_ipv4(udp)));
    CHECK(accepts_ipv4("not arp", over_ipv4(udp)));
    CHECK(accepts_ipv6("not arp", over_ipv6(udp)));
}

TEST_CASE("a packet that is not IP is not mistaken for IP because of its first byte")
{
    constexpr std::uint16_t other = 0x88b5;
    CHECK_FALSE(accepts("ip", NFPROTO_BRIDGE, other, over_ipv4(udp)));
    CHECK_FALSE(accepts("udp", NFPROTO_BRIDGE, other, over_ipv4(udp)));
    CHECK(accepts("not udp", NFPROTO_BRIDGE, other, over_ipv4(udp)));
    CHECK(accepts("ether proto 0x88b5", NFPROTO_BRIDGE, other, over_ipv4(udp)));
}

TEST_CASE("an expression about the link layer is matched with the frame")
{
    Logged logged(NFPROTO_BRIDGE, 0, ETH_P_IP, over_ipv4(udp));
    logged.l2(join({addresses, ip_type}));
    const nflogcap_packet& packet = finish(logged, 5).packet;
    CHECK(accepts("ether src 50:51:52:53:54:55", packet));
    CHECK(accepts("ether host d0:d1:d2:d3:d4:d5 and udp port 53", packet));
    CHECK_FALSE(accepts("ether host 02:00:00:00:00:01", packet));
    CHECK(accepts("ether host 02:00:00:00:00:01 or udp", packet));
    CHECK_FALSE(accepts("ether broadcast", packet));
    CHECK_FALSE(accepts("vlan", packet));
    CHECK(accepts("not vlan", packet));
    CHECK(accepts("not vlan and len = 59", packet)); // 14, 40 and the 5 that were cut off
    logged.vlan(ETH_P_8021Q, 0x6005);
    CHECK(accepts("vlan 5 and udp port 53 and len = 63", packet));
    CHECK_FALSE(accepts("vlan 6", packet));
}

TEST_CASE("expressions about the link layer also match the header with which a packet arrived")
{
    Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, over_ipv4(udp));
    logged.hw(join({addresses, ip_type}));
    CHECK(accepts("ether src 50:51:52:53:54:55", finish(logged).packet));
    logged.packet.present |= NFLOGCAP_HAS_HW_TYPE;
    logged.packet.hw_type = ARPHRD_ETHER;
    CHECK(accepts("ether src 50:51:52:53:54:55", logged.packet));
    logged.packet.hw_type = ARPHRD_TUNNEL; // a tunnel's header, which has the same length
    CHECK_FALSE(accepts("ether src 50:51:52:53:54:55", logged.packet));
    CHECK(accepts("not ether src 50:51:52:53:54:55 and udp", logged.packet));
}

TEST_CASE("without a link-layer header, expressions see link-layer addresses of zeros")
{
    const Bytes packet = over_ipv4(udp);
    CHECK_FALSE(accepts_ipv4("ether host 50:51:52:53:54:55", packet));
    CHECK(accepts_ipv4("not ether host 50:51:52:53:54:55", packet));
    CHECK(accepts_ipv4("ether host 50:51:52:53:54:55 or udp port 53", packet));
    CHECK_FALSE(accepts_ipv4("ether multicast", packet));
    CHECK_FALSE(accepts_ipv4("vlan", packet));
}

TEST_CASE("len is the length before the snaplen cut, and missing bytes match nothing")
{
    Bytes cut = over_ipv4(udp);
    cut.resize(22); // the payload ends between the two ports
    cut.shrink_to_fit();
    Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, cut);
    const nflogcap_packet& packet = finish(logged, 18).packet;
    CHECK(accepts("len = 40", packet));
    CHECK(accepts("greater 40 and less 40", packet));
    CHECK(accepts("udp and src port 4096", packet));
    CHECK_FALSE(accepts("dst port 53", packet));
    CHECK_FALSE(accepts("not dst port 53", packet));
    CHECK_FALSE(accepts("ether host 50:51:52:53:54:55 or dst port 53", packet));
}

TEST_CASE("a payload of any length is read to its end and no further")
{
    const Bytes whole = GENERATE(over_ipv4(tcp), over_ipv6(udp), arp);
    for (const auto protocol :
         std::initializer_list<std::uint16_t>{ETH_P_IP, ETH_P_IPV6, ETH_P_ARP, ETH_P_8021Q, 0}) {
        for (std::size_t length = 0; length <= whole.size(); ++length) {
            for (const auto family : std::initializer_list<std::uint8_t>{
                     NFPROTO_IPV4, NFPROTO_BRIDGE, NFPROTO_NETDEV}) {
                const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
                Logged logged(family, 1, protocol, cut);
                logged.packet.payload = logged.payload.empty() ? nullptr : logged.payload.data();
                const nflogcap_packet& packet = finish(logged).packet;
                CHECK(accepts("len >= 0", packet));
                CHECK_FALSE(accepts("ip[60] = 1 or ip6[60] = 1 or arp[60] = 1", packet));
                CHECK_FALSE(accepts("ip protochain 50 or ip6 protochain 50", packet));
                CHECK_FALSE(accepts("vlan and ip[60] = 1", packet));
            }
        }
    }
}

TEST_CASE("a payload of the kernel's maximum size can be matched as a frame")
{
    Bytes largest = over_ipv4(udp);
    largest.resize(65531);
    Logged logged(NFPROTO_BRIDGE, 0, ETH_P_IP, largest);
    logged.l2(join({addresses, ip_type})).vlan(ETH_P_8021Q, 5);
    logged.payload.back() = 0x7f;
    CHECK(accepts("vlan 5 and ip[65530] = 0x7f", finish(logged).packet));
}

TEST_CASE("an invalid expression is refused with libpcap's message")
{
    CHECK_THAT(refusal("udp prt 53"), ContainsSubstring("'udp prt 53'") &&
                                          ContainsSubstring("syntax error") &&
                                          ContainsSubstring("pcap-filter(7)"));
    CHECK_THAT(refusal("port 99999"), ContainsSubstring("port number 99999"));
    CHECK_THAT(refusal("ether host 1:2:3:4:5:6 and portt 7"), ContainsSubstring("'portt'"));
    CHECK_THAT(refusal("tcp and udp"), ContainsSubstring("rejects all packets"));
    CHECK_THAT(refusal("ip and arp"), ContainsSubstring("rejects all packets"));
    CHECK_THAT(refusal("ifname lo"), ContainsSubstring("ifname"));
    CHECK_THAT(refusal("("), ContainsSubstring("syntax error"));
}

TEST_CASE("the direction, which a packet does not have, is refused instead of matching nothing")
{
    CHECK_THAT(refusal("inbound"), ContainsSubstring("direction") && ContainsSubstring("hook"));
    CHECK_THAT(refusal("udp and outbound"), ContainsSubstring("direction"));
}

TEST_CASE("an empty filter accepts all packets")
{
    CHECK(accepts_ipv4(" ", over_ipv4(udp)));
    CHECK(accepts(" ", NFPROTO_ARP, ETH_P_ARP, arp));
}

TEST_CASE("filters are compiled in several threads at once")
{
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::uint16_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([&wrong, thread] {
            for (int turn = 0; turn < 200; ++turn) {
                const std::string number = std::to_string(port + thread);
                const bool right = accepts_ipv4("udp port " + number, over_ipv4(udp));
                wrong += right == (thread == 0) ? 0 : 1;
                wrong += refusal("udp prt " + number).find(number) == std::string::npos ? 1 : 0;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}
