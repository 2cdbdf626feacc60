// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_walk.hpp"

#include "attributes.hpp"

namespace nflog {

bool walk_attributes(std::span<const std::uint8_t> attributes, PacketView packet) noexcept
{
    const auto read = [&](std::uint16_t type, const std::uint8_t* value, std::uint32_t length) {
        return packet.read(type, value, length);
    };
    if (!each_attribute(attributes.data(), attributes.size(), read))
        return false;
    packet.finish();
    return true;
}

} // namespace nflog
