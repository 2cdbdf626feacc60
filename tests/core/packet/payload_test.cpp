// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.hpp"

#include "logged.hpp"

#include "catch.hpp"

#include <linux/if_ether.h>
#include <linux/netfilter.h>

using namespace logged;

TEST_CASE("a payload starts with an Ethernet header only in arp output and netdev egress")
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

TEST_CASE(
    "a payload of netdev egress starts with Ethernet only if the kernel's copy of its header is "
    "an Ethernet header")
{
    Logged logged(NFPROTO_NETDEV, netdev_egress, ETH_P_IP, join({Bytes(24, 0x45), ipv4(60)}));
    const auto is_ethernet = [&](const Bytes& header) {
        logged.l2(header);
        return nflog::starts_with_ethernet(logged.packet);
    };
    const Bytes q = {0x81, 0x00, 0x00, 0x05};
    CHECK(is_ethernet(join({addresses, ip_type})));
    CHECK(is_ethernet(join({addresses, q, ip_type})));
    CHECK(is_ethernet(join({addresses, q, q, ip_type})));
    CHECK(is_ethernet(join({addresses, {0x81, 0x00}}))); // the rest of the tag is in the payload
    CHECK_FALSE(is_ethernet(join({addresses, ip_type, Bytes(4)})));
    CHECK_FALSE(is_ethernet({}));
    // The IPv4 and GRE headers of a tunnel. The address of the tunnel's end looks like a VLAN tag.
    CHECK_FALSE(is_ethernet(join({Bytes(12, 0x45), q, q, Bytes(4)})));
    CHECK(nflog::starts_with_link_layer(logged.packet));
    const nflog::Layer3 l3 = nflog::layer3(logged.packet);
    CHECK(l3.ethertype == ETH_P_IP);
    CHECK(l3.offset == 24);
}
