// SPDX-License-Identifier: GPL-2.0-or-later
#include "link_layer.hpp"

#include "payload.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>

namespace nflog {

std::span<const std::uint8_t> header_before(const nflogcap_packet& packet) noexcept
{
    if (starts_with_ethernet(packet))
        return {};
    if (packet.l2_header_length == 0)
        return {packet.hw_header, packet.hw_header_length};
    // A bridge's payload starts behind the Ethernet header, but the kernel's copy of that goes on
    // to layer 3: over VLAN tags that are in the payload too.
    const std::size_t length = packet.family == NFPROTO_BRIDGE ? ETH_HLEN : packet.l2_header_length;
    return {packet.l2_header, std::min<std::size_t>(packet.l2_header_length, length)};
}

bool is_ethernet(const nflogcap_packet& packet) noexcept
{
    return (packet.present & NFLOGCAP_HAS_HW_TYPE) == 0 || packet.hw_type == ARPHRD_ETHER ||
           packet.hw_type == ARPHRD_LOOPBACK;
}

} // namespace nflog
