// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "big_endian.hpp"
#include "layer3.hpp"

#include <cstddef>
#include <cstdint>
#include <linux/if_ether.h>
#include <span>

namespace nflog {

inline constexpr std::size_t mac_addresses = 2UL * ETH_ALEN; // bytes before the EtherType
inline constexpr std::size_t vlan_tag = 4;

// Returns the EtherType at the offset `at`; 0 if the bytes end before it.
inline std::uint16_t ethertype_at(std::span<const std::uint8_t> bytes, std::size_t at) noexcept
{
    return at + 2 <= bytes.size() ? be16(&bytes[at]) : 0;
}

// Returns the position and the type of the data after the Ethernet header of a frame.
inline Layer3 start_of_frame(std::span<const std::uint8_t> frame) noexcept
{
    return {ethertype_at(frame, mac_addresses), ETH_HLEN};
}

inline bool is_vlan(std::uint16_t ethertype) noexcept
{
    return ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD;
}

// Skips the VLAN tags at `l3`, and returns the position of layer 3 after them. Calls visit() with
// the control information (TCI) of each tag.
template <typename Visit>
Layer3 skip_vlan_tags(std::span<const std::uint8_t> bytes, Layer3 l3, Visit visit) noexcept
{
    while (is_vlan(l3.ethertype)) {
        if (l3.offset + 2 <= bytes.size())
            visit(be16(&bytes[l3.offset]));
        l3 = {ethertype_at(bytes, l3.offset + 2), l3.offset + vlan_tag};
    }
    return l3;
}

} // namespace nflog
