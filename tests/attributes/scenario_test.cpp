// SPDX-License-Identifier: GPL-2.0-or-later
// At each hook of each family, a packet must have certain attributes and no others.
#include "catch.hpp"
#include "on_this_kernel.hpp"

#include <algorithm>
#include <linux/if_arp.h>
#include <linux/if_ether.h>

namespace attributes {

namespace {

using support::Topology;

std::uint64_t expected_attributes(const Scenario& scenario)
{
    const auto where = [](bool there, std::uint64_t bits) { return there ? bits : 0; };
    return NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_PAYLOAD | NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_SEQ |
           NFLOGCAP_HAS_SEQ_GLOBAL | where(scenario.timestamp, NFLOGCAP_HAS_TIMESTAMP) |
           where(!scenario.indev.empty(), NFLOGCAP_HAS_INDEV) |
           where(!scenario.outdev.empty(), NFLOGCAP_HAS_OUTDEV) |
           where(!scenario.physindev.empty(), NFLOGCAP_HAS_PHYSINDEV) |
           where(!scenario.physoutdev.empty(), NFLOGCAP_HAS_PHYSOUTDEV) |
           where(scenario.hardware,
                 NFLOGCAP_HAS_HW_TYPE | NFLOGCAP_HAS_HW_HEADER | NFLOGCAP_HAS_HW_ADDRESS) |
           where(scenario.owner, NFLOGCAP_HAS_UID | NFLOGCAP_HAS_GID) |
           where(scenario.tag.has_value(), NFLOGCAP_HAS_VLAN) |
           where(scenario.l2_header, NFLOGCAP_HAS_L2_HEADER);
}

std::uint16_t expected_protocol(const Scenario& scenario)
{
    if (scenario.traffic == Traffic::arp)
        return ETH_P_ARP;
    return scenario.version == support::Family::ipv4 ? ETH_P_IP : ETH_P_IPV6;
}

// Returns the frame without the VLAN tag of the scenario.
Bytes untagged(const Scenario& scenario, const Bytes& frame)
{
    constexpr std::size_t addresses = 2UL * ETH_ALEN;
    constexpr std::size_t tag = 4;
    return scenario.tag ? first(frame, addresses) + from(frame, addresses + tag) : frame;
}

bool behind_router(const Scenario& scenario)
{
    return scenario.form == Topology::Form::routed &&
           (scenario.hook == "forward" || scenario.hook == "postrouting" ||
            scenario.hook == "egress");
}

// Returns the bytes from layer 3 on that the test knows. For UDP from the middle, it knows only the
// UDP data.
Bytes expected_packet(const Scenario& scenario, const LoggedPacket& packet)
{
    if (scenario.traffic == Traffic::middle_to_b)
        return data();
    if (scenario.traffic == Traffic::arp && scenario.hook == "output")
        return arp_reply(Topology::ra, Topology::middle_ipv4, Topology::a0, Topology::a_ipv4);
    const Bytes sent = from(untagged(scenario, packet.sent()), ethernet_header);
    return behind_router(scenario) ? routed(sent) : sent;
}

Bytes last(const Bytes& bytes, std::size_t count)
{
    return from(bytes, bytes.size() - std::min(count, bytes.size()));
}

void check_devices(const Scenario& scenario, const LoggedPacket& packet)
{
    CHECK(packet->indev == packet.index(scenario.indev));
    CHECK(packet->outdev == packet.index(scenario.outdev));
    CHECK(packet->physindev == packet.index(scenario.physindev));
    CHECK(packet->physoutdev == packet.index(scenario.physoutdev));
}

void check_link_layer(const Scenario& scenario, const LoggedPacket& packet)
{
    const Bytes hw_header(packet->hw_header, packet->hw_header + packet->hw_header_length);
    const Bytes hw_address(packet->hw_address, packet->hw_address + packet->hw_address_length);
    const Bytes l2_header(packet->l2_header, packet->l2_header + packet->l2_header_length);
    if (scenario.hardware) {
        CHECK(packet->hw_type == ARPHRD_ETHER);
        CHECK(hw_header == first(untagged(scenario, packet.sent()), ethernet_header));
        CHECK(hw_address == Bytes(Topology::a0.begin(), Topology::a0.end()));
    } else {
        CHECK(packet->hw_type == 0);
        CHECK(hw_header.empty());
        CHECK(hw_address.empty());
    }
    if (scenario.l2_header) {
        REQUIRE(packet.seen().size() == 1);
        CHECK(l2_header == first(untagged(scenario, packet.seen().front()), ethernet_header));
    } else {
        CHECK(l2_header.empty());
    }
    CHECK(packet->vlan_protocol == (scenario.tag ? scenario.tag->protocol : 0));
    CHECK(packet->vlan_tci == (scenario.tag ? scenario.tag->tci : 0));
}

} // namespace

TEST_CASE(
    "at each hook of each family, a packet has the attributes that the kernel knows, and no others")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario);
        CHECK(packet->present == (expected_attributes(scenario) | NFLOGCAP_HAS_WIRE_LENGTH));
        CHECK(packet->family == scenario.logged_family);
        CHECK(packet->hook == scenario.logged_hook);
        CHECK(packet->hw_protocol == expected_protocol(scenario));
        CHECK(packet->mark == mark);
        CHECK(std::string(packet->prefix) == prefix);
        CHECK(packet->seq == 0);
        CHECK(packet->seq_global == 1);
        CHECK(packet.others() == 0);
        CHECK(packet->uid == (scenario.owner ? packet.uid() : 0));
        CHECK(packet->gid == (scenario.owner ? packet.gid() : 0));
        // The kernel truncates its time to microseconds. Without a kernel time, the library
        // estimates it, and the estimate can be too early by the longest time for which the kernel
        // batches packets.
        const bool is_estimated = (packet->present & NFLOGCAP_HAS_TIMESTAMP) == 0;
        CHECK(packet->timestamp_ns + (is_estimated ? 15'000'000 : 1000) > packet.before());
        CHECK(packet->timestamp_ns <= packet.after());
        check_devices(scenario, packet);
        check_link_layer(scenario, packet);
    });
}

TEST_CASE("a payload is the packet from layer 3 on, or the frame if the kernel logs the frame")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario);
        const Bytes payload = packet.payload();
        const Bytes expected = expected_packet(scenario, packet);
        if (scenario.traffic == Traffic::middle_to_b)
            CHECK(last(payload, expected.size()) == expected);
        else
            CHECK(from(payload, scenario.ethernet ? ethernet_header : 0) == expected);
        if (scenario.ethernet) {
            REQUIRE(packet.seen().size() == 1);
            CHECK(first(payload, ethernet_header) ==
                  first(untagged(scenario, packet.seen().front()), ethernet_header));
        }
        CHECK(packet->wire_length == packet->payload_length);
    });
}

TEST_CASE("a rebuilt frame has the same bytes as the frame on the wire, with its VLAN tag")
{
    each_scenario([](const Scenario& scenario) {
        const LoggedPacket packet(scenario);
        if (scenario.frame_at.empty()) {
            // The packet was received without a header, or with a header of another device.
            CHECK(from(packet.frame(), has_header_before(scenario) ? ethernet_header : 0) ==
                  packet.payload());
            return;
        }
        REQUIRE(packet.seen().size() == 1);
        CHECK(packet.frame() == packet.seen().front());
        if (!packet.sent().empty() && scenario.hook != "output" && !behind_router(scenario))
            CHECK(packet.frame() == packet.sent());
    });
}

} // namespace attributes
