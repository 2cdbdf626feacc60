// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_direction.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>

namespace nflog {

namespace {

bool is_inbound(std::uint8_t family, std::uint8_t hook) noexcept
{
    constexpr std::uint8_t netdev_ingress = 0;
    if (family == NFPROTO_NETDEV)
        return hook == netdev_ingress;
    if (family == NFPROTO_ARP)
        return hook == NF_ARP_IN;
    return hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN || hook == NF_INET_INGRESS;
}

bool is_outbound(std::uint8_t family, std::uint8_t hook) noexcept
{
    constexpr std::uint8_t netdev_egress = 1;
    if (family == NFPROTO_NETDEV)
        return hook == netdev_egress;
    if (family == NFPROTO_ARP)
        return hook == NF_ARP_OUT;
    return hook == NF_INET_LOCAL_OUT || hook == NF_INET_POST_ROUTING;
}

} // namespace

// At hooks for incoming packets the kernel sets the input interface, at hooks for outgoing packets
// the output interface.
Direction direction_of(const nflogcap_packet& packet) noexcept
{
    if (is_inbound(packet.family, packet.hook) && (packet.indev != 0 || packet.physindev != 0))
        return Direction::inbound;
    if (is_outbound(packet.family, packet.hook) && (packet.outdev != 0 || packet.physoutdev != 0))
        return Direction::outbound;
    return Direction::unknown;
}

} // namespace nflog
