// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet_walk.hpp"

// Does the same as parse_packet(), but only with the general walk, which reads attributes in any
// order.
namespace walked {

inline bool walk_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept
{
    if (message.size() < sizeof(nfgenmsg))
        return false;
    const auto attributes = message.subspan(sizeof(nfgenmsg));
    return nflog::walk_attributes(
        {reinterpret_cast<const std::uint8_t*>(attributes.data()), attributes.size()},
        nflog::PacketView(message, view));
}

} // namespace walked
