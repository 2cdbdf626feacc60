// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <iterator>
#include <nflogcap.h>

namespace nflog {

// The ids of a packet's VLAN tags, from the outermost: first the tag in NFULA_VLAN, then the tags
// in the link-layer header, then the tags in the payload. Ids that do not fit are omitted.
struct VlanIds {
    std::uint16_t ids[std::size(nflogcap_dissection{}.vlan_ids)];
    std::uint8_t count;
};
[[nodiscard]] VlanIds vlan_ids(const nflogcap_packet& packet) noexcept;

} // namespace nflog
