// SPDX-License-Identifier: GPL-2.0-or-later
// A filter has the same meaning at each hook of each family, whether the payload begins with layer
// 2 or layer 3.
#include "catch.hpp"
#include "on_this_kernel.hpp"

#include <linux/if_ether.h>

namespace attributes {

namespace {

using support::Family;
using support::Topology;

// Returns an expression about layer 3 and above that only the scenario's packet matches.
std::string layer3_expression(const Scenario& scenario)
{
    if (scenario.traffic == Traffic::arp)
        return "arp and arp host 10.0.1.1 and len <= 46 and not (ip or ip6 or udp)";
    const std::string data_length = std::to_string(data().size());
    const bool ipv4 = scenario.version == Family::ipv4;
    return std::string(ipv4 ? "ip and udp[4:2] = 8 + " + data_length + " and len = 28 + "
                            : "ip6 and len = 48 + ") +
           data_length + " and udp dst port 9 and dst net (10.0.0.0/16 or fd00::/16) and not (" +
           (ipv4 ? "ip6" : "ip") + " or arp or tcp or icmp or icmp6)";
}

// Returns an expression that matches the scenario's frame, or its packet if it has no frame.
std::string link_layer_expression(const Scenario& scenario)
{
    std::string hosts;
    for (const auto& mac : {Topology::a0, Topology::ra, Topology::rb, Topology::b0, Topology::br0})
        hosts += (hosts.empty() ? "ether host " : " or ether host ") + support::text(mac);
    const bool frame = scenario.ethernet || has_header_before(scenario);
    const std::string protocol = scenario.traffic == Traffic::arp ? "arp" : "udp port 9";
    const std::string addresses = (frame ? "(" : "not (") + hosts + ")";
    // After "vlan" or "not vlan", libpcap expects a tag before the bytes of all further terms. For
    // a frame without a tag, "not vlan" must therefore be the last term.
    if (!scenario.tag)
        return addresses + " and " + protocol + " and not vlan";
    return addresses + " and vlan " + std::to_string(scenario.tag->tci & 0xfff) + " and " +
           protocol;
}

} // namespace

TEST_CASE("an expression about layer 3 matches the packet at each hook of each family")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario, {.filter = layer3_expression(scenario)});
        CHECK(packet.others() == 0);
    });
}

TEST_CASE("an expression about the link layer matches the frame at each hook of each family")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario, {.filter = link_layer_expression(scenario)});
        CHECK(packet.others() == 0);
    });
}

TEST_CASE("after two VLAN tags layer 3 is correct, and the link layer has both tags")
{
    constexpr VlanTag vlan_7 = {ETH_P_8021Q, 0x0007};
    const std::string where = GENERATE("bridge forward: IPv4 A to B, bridged, 802.1Q",
                                       "netdev ingress: IPv4 A to B, bridged, 802.1ad",
                                       "netdev egress: IPv4 A to B, bridged, 802.1ad");
    const Scenario& scenario = scenario_called(where);
    const std::string outer = std::to_string(scenario.tag->tci & 0xfff);
    on_this_kernel([&] {
        for (const std::string& expression :
             {layer3_expression(scenario), "vlan " + outer + " and vlan 7 and udp port 9"}) {
            const LoggedPacket packet(scenario, {.inner_tag = vlan_7, .filter = expression});
            CHECK(packet->hw_protocol == ETH_P_8021Q);
        }
    });
}

} // namespace attributes
