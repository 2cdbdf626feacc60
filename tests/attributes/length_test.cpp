// SPDX-License-Identifier: GPL-2.0-or-later
// How much of a packet comes, and how long it was.
#include "catch.hpp"
#include "on_this_kernel.hpp"

#include <algorithm>
#include <linux/if_ether.h>
#include <netinet/in.h>

namespace attributes {

namespace {

using support::Family;
using support::Topology;

constexpr std::uint32_t snaplen = 64;

// Of the payload, whole.
std::uint32_t length(const Scenario& scenario)
{
    constexpr std::uint32_t arp = 28;
    constexpr std::uint32_t udp = 8;
    const std::uint32_t ip = scenario.version == Family::ipv4 ? 20 : 40;
    const std::uint32_t packet = scenario.traffic == Traffic::arp
                                     ? arp
                                     : ip + udp + static_cast<std::uint32_t>(data().size());
    return packet + (scenario.ethernet ? static_cast<std::uint32_t>(ethernet_header) : 0);
}

struct Extensions {
    const char* name;
    std::uint8_t first_header;
    Bytes headers;
};

const std::vector<Extensions> extensions = {
    {"hop-by-hop options", IPPROTO_HOPOPTS, ipv6_options(IPPROTO_UDP)},
    {"destination options", IPPROTO_DSTOPTS, ipv6_options(IPPROTO_UDP)},
    {"a fragment header", IPPROTO_FRAGMENT, ipv6_fragment(IPPROTO_UDP)},
    {"all three", IPPROTO_HOPOPTS,
     ipv6_options(IPPROTO_DSTOPTS) + ipv6_options(IPPROTO_FRAGMENT) + ipv6_fragment(IPPROTO_UDP)},
};

} // namespace

TEST_CASE("a snaplen cuts the payload at each hook of each family, and not its wire length")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario, {.snaplen = snaplen});
        CHECK(packet->payload_length == std::min(snaplen, length(scenario)));
        CHECK(packet->wire_length == length(scenario));
    });
}

TEST_CASE("extension headers of IPv6 are in the wire length of a payload that ends among them")
{
    const std::string where = GENERATE(
        "inet prerouting: IPv6 A to B", "ip6 forward: IPv6 A to B",
        "bridge forward: IPv4 A to B, bridged", "bridge postrouting: IPv4 A to B, bridged, 802.1Q",
        "netdev ingress: IPv4 A to B", "netdev egress: IPv4 A to B, bridged, 802.1ad");
    for (const Extensions& chain : extensions) {
        DYNAMIC_SECTION(where << " with " << chain.name)
        {
            Scenario scenario = scenario_called(where);
            scenario.version = Family::ipv6;
            const Bytes sent = udp_over_ipv6(Topology::a_ipv6, Topology::b_ipv6, data(),
                                             chain.first_header, chain.headers);
            const std::uint32_t start = scenario.ethernet ? ethernet_header : 0;
            on_this_kernel([&] {
                const LoggedPacket packet(scenario, {.snaplen = start + 44, .packet = sent});
                CHECK(packet->payload_length == start + 44);
                CHECK(packet->wire_length == start + sent.size());
            });
        }
    }
}

TEST_CASE("a rule's own snaplen cuts more than the capture's, and never less")
{
    const std::string where =
        GENERATE("inet input: IPv4 A to middle", "bridge input: IPv4 A to middle, bridged",
                 "netdev egress: IPv4 middle to B");
    const Scenario& scenario = scenario_called(where);
    on_this_kernel([&] {
        const LoggedPacket less(scenario, {.snaplen = 64, .log = "snaplen 40"});
        CHECK(less->payload_length == 40);
        CHECK(less->wire_length == length(scenario));
        const LoggedPacket more(scenario, {.snaplen = 40, .log = "snaplen 64"});
        CHECK(more->payload_length == 40);
        CHECK(more->wire_length == length(scenario));
    });
}

TEST_CASE("padding behind a short packet is in its frame, and not in what IP is given")
{
    const Bytes short_packet = udp_over_ipv4(Topology::a_ipv4, Topology::b_ipv4, {7});
    const Bytes padding(ETH_ZLEN - ethernet_header - 29);
    SECTION("in the bridge and netdev families")
    {
        const std::string where =
            GENERATE("bridge forward: IPv4 A to B, bridged",
                     "bridge prerouting: IPv4 A to B, bridged, 802.1Q",
                     "netdev ingress: IPv4 A to B", "netdev egress: IPv4 A to B, bridged, 802.1Q");
        const Scenario& scenario = scenario_called(where);
        on_this_kernel([&] {
            const LoggedPacket packet(scenario, {.packet = short_packet, .padding = padding});
            CHECK(packet.frame() == packet.sent());
            CHECK(packet->wire_length == packet->payload_length);
        });
    }
    SECTION("in the arp family")
    {
        on_this_kernel([&] {
            const LoggedPacket packet(scenario_called("arp input: request of A"),
                                      {.padding = Bytes(18)});
            CHECK(packet->payload_length == 28 + 18);
            CHECK(packet.frame() == packet.sent());
        });
    }
    SECTION("in the ip family")
    {
        on_this_kernel([&] {
            const LoggedPacket packet(scenario_called("ip prerouting: IPv4 A to B"),
                                      {.packet = short_packet, .padding = padding});
            CHECK(packet.payload() == short_packet);
            CHECK(packet->wire_length == short_packet.size());
        });
    }
}

} // namespace attributes
