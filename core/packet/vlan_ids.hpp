// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <iterator>
#include <nflogcap.h>

namespace nflog {

// The ids of the outermost VLAN tags, in this order: the tag beside the frame, the tags in the
// link-layer header, the tags in the payload.
struct VlanIds {
    std::uint16_t ids[std::size(nflogcap_dissection{}.vlan_ids)];
    std::uint8_t count;
};
[[nodiscard]] VlanIds vlan_ids(const nflogcap_packet& packet) noexcept;

} // namespace nflog
