// SPDX-License-Identifier: GPL-2.0-or-later
// The library reads from the headers of a packet the values that were sent.
#include "capture.hpp"
#include "catch.hpp"
#include "on_this_kernel.hpp"
#include "packet_socket.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>

namespace attributes {

namespace {

using support::Family;
using support::Topology;
using support::Visit;

constexpr std::uint16_t source_port = 12345;
constexpr std::uint16_t destination_port = 9;
constexpr std::uint16_t id_bits = 0xfff;

nflogcap_dissection dissect(const nflogcap_packet& packet)
{
    nflogcap_dissection found;
    REQUIRE(nflogcap_dissect(&packet, &found, sizeof found) == 0);
    return found;
}

std::string address(const nflogcap_dissection& found, const std::uint8_t* bytes)
{
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(found.address_length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
    return text;
}

std::string source(const nflogcap_dissection& found)
{
    return address(found, found.source);
}

std::string destination(const nflogcap_dissection& found)
{
    return address(found, found.destination);
}

std::vector<std::uint16_t> vlan_ids(const nflogcap_dissection& found)
{
    return {found.vlan_ids, found.vlan_ids + found.vlan_count};
}

void check_arp(const Scenario& scenario, const nflogcap_dissection& found)
{
    const bool is_request = scenario.hook == "input";
    CHECK(found.known == (NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_ARP));
    CHECK(found.arp_operation == (is_request ? 1 : 2));
    CHECK(source(found) == (is_request ? Topology::a_ipv4 : Topology::middle_ipv4));
    CHECK(destination(found) == (is_request ? Topology::middle_ipv4 : Topology::a_ipv4));
}

void check_udp(const Scenario& scenario, const LoggedPacket& packet,
               const nflogcap_dissection& found)
{
    const bool is_ipv4 = scenario.version == Family::ipv4;
    CHECK(found.ip_version == (is_ipv4 ? 4 : 6));
    CHECK(found.protocol == IPPROTO_UDP);
    CHECK(found.destination_port == destination_port);
    const std::size_t ip_header = is_ipv4 ? 20 : 40;
    CHECK(found.transport_offset == found.network_offset + ip_header);
    // The kernel of the middle chose the source address and port.
    if (scenario.traffic == Traffic::middle_to_b)
        return;
    CHECK(source(found) == (is_ipv4 ? Topology::a_ipv4 : Topology::a_ipv6));
    CHECK(found.source_port == source_port);
    const Bytes payload = packet.payload();
    CHECK(from(payload, found.transport_offset + 8) == data());
}

std::string destination_of(const Scenario& scenario)
{
    const bool to_middle = scenario.traffic == Traffic::a_to_middle;
    if (scenario.version == Family::ipv4)
        return to_middle ? Topology::middle_ipv4 : Topology::b_ipv4;
    return to_middle ? Topology::middle_ipv6 : Topology::b_ipv6;
}

} // namespace

TEST_CASE("the headers of a packet are read at each hook of each family")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario);
        const nflogcap_dissection found = dissect(*packet);
        CHECK(found.network_offset == (scenario.ethernet ? ethernet_header : 0));
        if (scenario.traffic == Traffic::arp)
            return check_arp(scenario, found);
        CHECK(found.known == (NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_PROTOCOL |
                              NFLOGCAP_KNOWS_PORTS | (scenario.tag ? NFLOGCAP_KNOWS_VLAN : 0)));
        CHECK(vlan_ids(found) ==
              (scenario.tag ? std::vector{static_cast<std::uint16_t>(scenario.tag->tci & id_bits)}
                            : std::vector<std::uint16_t>{}));
        CHECK(destination(found) == destination_of(scenario));
        check_udp(scenario, packet, found);
    });
}

TEST_CASE("a stack of VLAN tags is read from the outermost inwards")
{
    const std::string where = GENERATE("bridge prerouting: IPv4 A to B, bridged, 802.1ad",
                                       "bridge forward: IPv4 A to B, bridged, 802.1Q",
                                       "netdev ingress: IPv4 A to B, bridged, 802.1ad",
                                       "netdev egress: IPv4 A to B, bridged, 802.1ad");
    const Scenario& scenario = scenario_called(where);
    on_this_kernel([&] {
        const LoggedPacket two(scenario, {.inner_tag = {ETH_P_8021Q, 7}});
        const auto outer = static_cast<std::uint16_t>(scenario.tag->tci & id_bits);
        CHECK(vlan_ids(dissect(*two)) == std::vector<std::uint16_t>{outer, 7});
        CHECK(dissect(*two).destination_port == destination_port);
    });
}

TEST_CASE(
    "a VLAN tag that the sending program put into the frame is read once, with the tags after it")
{
    const Topology topology(Topology::Form::bridged);
    const Visit visit(topology.middle);
    const Bytes packet = udp_over_ipv4(Topology::middle_ipv4, Topology::b_ipv4, data());
    const Bytes frame =
        tagged(tagged(tagged(ethernet(Topology::b0, Topology::br0, ETH_P_IP) + packet,
                             {ETH_P_8021Q, 0x6009}),
                      {ETH_P_8021Q, 8}),
               {ETH_P_8021AD, 7});
    const auto* const chain = GENERATE("netdev attributes { chain logged { type filter hook egress "
                                       "device rb priority 0;",
                                       "bridge attributes { chain logged { type filter hook output "
                                       "priority 0;");
    support::nft(std::string("table ") + chain + " ether daddr " + support::text(Topology::b0) +
                 " log group 5; }; }");
    const auto capture = support::started({5});
    PacketSocket("br0").send(frame);
    const nflogcap_packet* logged = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &logged, 5000) == 1);
    const nflogcap_dissection found = dissect(*logged);
    CHECK(vlan_ids(found) == std::vector<std::uint16_t>{7, 8, 9});
    CHECK(found.ether_type == ETH_P_IP);
    CHECK(source(found) == Topology::middle_ipv4);
    CHECK(found.destination_port == destination_port);
}

TEST_CASE("the ports are found after extension headers of IPv6")
{
    const std::string where =
        GENERATE("inet prerouting: IPv6 A to B", "ip6 forward: IPv6 A to B",
                 "bridge forward: IPv4 A to B, bridged", "netdev ingress: IPv4 A to B",
                 "netdev egress: IPv4 A to B, bridged, 802.1ad");
    Scenario scenario = scenario_called(where);
    scenario.version = Family::ipv6;
    const Bytes extensions =
        ipv6_options(IPPROTO_DSTOPTS) + ipv6_options(IPPROTO_FRAGMENT) + ipv6_fragment(IPPROTO_UDP);
    on_this_kernel([&] {
        const LoggedPacket packet(scenario,
                                  {.packet = udp_over_ipv6(Topology::a_ipv6, Topology::b_ipv6,
                                                           data(), IPPROTO_HOPOPTS, extensions)});
        const nflogcap_dissection found = dissect(*packet);
        CHECK(destination(found) == Topology::b_ipv6);
        CHECK(found.protocol == IPPROTO_UDP);
        CHECK(found.source_port == source_port);
        CHECK(found.destination_port == destination_port);
        CHECK(found.transport_offset == found.network_offset + 40 + extensions.size());
        CHECK((found.known & NFLOGCAP_KNOWS_FRAGMENT) != 0);
    });
}

TEST_CASE("a later fragment has its offset in the packet, and no ports")
{
    const std::string where =
        GENERATE("inet prerouting: IPv6 A to B", "bridge forward: IPv4 A to B, bridged",
                 "netdev ingress: IPv4 A to B", "netdev egress: IPv4 A to B");
    Scenario scenario = scenario_called(where);
    scenario.version = Family::ipv6;
    Bytes fragment = ipv6_fragment(IPPROTO_UDP);
    fragment[2] = 0x05; // bytes 2 and 3: offset 1448, and a further fragment follows
    fragment[3] = 0xa9;
    fragment[7] = 0x42;
    on_this_kernel([&] {
        const LoggedPacket packet(scenario,
                                  {.packet = udp_over_ipv6(Topology::a_ipv6, Topology::b_ipv6,
                                                           data(), IPPROTO_FRAGMENT, fragment)});
        const nflogcap_dissection found = dissect(*packet);
        CHECK(found.known == (NFLOGCAP_KNOWS_ADDRESSES | NFLOGCAP_KNOWS_PROTOCOL |
                              NFLOGCAP_KNOWS_FRAGMENT | (found.known & NFLOGCAP_KNOWS_VLAN)));
        CHECK(found.protocol == IPPROTO_UDP);
        CHECK(found.fragment_offset == 1448);
        CHECK(found.more_fragments == 1);
        CHECK((found.fragment_id & 0xff) == 0x42);
    });
}

} // namespace attributes
