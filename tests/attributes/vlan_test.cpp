// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of VLAN tags that are in the payload, and not in the attribute for the tag.
#include "capture.hpp"
#include "catch.hpp"
#include "on_this_kernel.hpp"
#include "packet_socket.hpp"

#include <linux/if_ether.h>

namespace attributes {

namespace {

using support::Topology;
using support::Visit;

constexpr VlanTag vlan_7 = {ETH_P_8021Q, 0x0007};

Bytes frame_of(const nflogcap_packet* packet)
{
    Bytes frame(static_cast<std::size_t>(nflogcap_packet_frame(packet, nullptr, 0)));
    nflogcap_packet_frame(packet, frame.data(), frame.size());
    return frame;
}

} // namespace

TEST_CASE(
    "if a frame has two VLAN tags, the outer tag is an attribute and the inner tag is in the frame")
{
    const std::string where = GENERATE("bridge prerouting: IPv4 A to B, bridged, 802.1ad",
                                       "bridge forward: IPv4 A to B, bridged, 802.1Q",
                                       "netdev ingress: IPv4 A to B, bridged, 802.1ad",
                                       "netdev egress: IPv4 A to B, bridged, 802.1ad");
    const Scenario& scenario = scenario_called(where);
    on_this_kernel([&] {
        const LoggedPacket packet(scenario, {.inner_tag = vlan_7});
        CHECK(packet->vlan_protocol == scenario.tag->protocol);
        CHECK(packet->vlan_tci == scenario.tag->tci);
        CHECK(packet->hw_protocol == ETH_P_8021Q);
        CHECK(packet.frame() == packet.sent());
        REQUIRE(packet.seen().size() == 1);
        CHECK(packet.frame() == packet.seen().front());
        const LoggedPacket cut(scenario, {.snaplen = 64, .inner_tag = vlan_7});
        CHECK(cut->payload_length == 64);
        CHECK(cut->wire_length == packet->payload_length);
    });
}

TEST_CASE("a VLAN tag that the sending program put into the frame is in the payload once")
{
    const Topology topology(Topology::Form::bridged);
    const Visit visit(topology.middle);
    const Bytes frame = tagged(ethernet(Topology::b0, Topology::br0, ETH_P_IP) +
                                   udp_over_ipv4(Topology::middle_ipv4, Topology::b_ipv4, data()),
                               vlan_7);
    const auto* const chain = GENERATE("netdev attributes { chain logged { type filter hook egress "
                                       "device rb priority 0;",
                                       "bridge attributes { chain logged { type filter hook output "
                                       "priority 0;");
    support::nft(std::string("table ") + chain + " ether daddr " + support::text(Topology::b0) +
                 " log group 5; }; }");
    const auto capture = support::started({5});
    PacketSocket("br0").send(frame);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 5000) == 1);
    CHECK((packet->present & NFLOGCAP_HAS_VLAN) == 0);
    CHECK(packet->hw_protocol == ETH_P_8021Q);
    CHECK(frame_of(packet) == frame);
}

} // namespace attributes
