// SPDX-License-Identifier: GPL-2.0-or-later
#include "vlan_ids.hpp"

#include "link_layer.hpp"
#include "payload.hpp"
#include "vlan_tags.hpp"

namespace nflog {

VlanIds vlan_ids(const nflogcap_packet& packet) noexcept
{
    VlanIds vlans{};
    const auto add = [&](std::uint16_t tci) {
        constexpr std::uint16_t id = 0x0fff; // the other bits are the priority
        if (vlans.count < std::size(vlans.ids))
            vlans.ids[vlans.count++] = tci & id;
    };
    if ((packet.present & NFLOGCAP_HAS_VLAN) != 0)
        add(packet.vlan_tci);
    // If a VLAN device has the option reorder_hdr off, its tag remains in the header.
    if (const auto header = header_before(packet); header.size() > ETH_HLEN && is_ethernet(packet))
        skip_vlan_tags(header, start_of_frame(header), add);
    skip_vlan_tags({packet.payload, packet.payload_length}, start_of_payload(packet), add);
    return vlans;
}

} // namespace nflog
