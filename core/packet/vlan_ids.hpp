// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <iterator>
#include <nflogcap.h>

namespace nflog {

// The ids of the outermost VLAN tags: of the tag beside the frame, of those in the link-layer
// header and of those in the payload.
struct VlanIds {
    std::uint16_t ids[std::size(nflogcap_dissection{}.vlan_ids)];
    std::uint8_t count;
};
[[nodiscard]] VlanIds vlan_ids(const nflogcap_packet& packet) noexcept;

} // namespace nflog
