// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/netlink.h>
#include <span>

namespace nflog {

// Reads the header of an attribute, which may be unaligned.
inline nlattr attribute_at(const std::uint8_t* at) noexcept
{
    nlattr header;
    std::memcpy(&header, at, sizeof header);
    return header;
}

// The bytes that an attribute of this length occupies, including header and padding.
constexpr std::size_t attribute_extent(std::size_t length) noexcept
{
    constexpr std::size_t alignment = 4;
    return (length + alignment - 1) & ~(alignment - 1);
}

// Calls visit(type, value, length) for each attribute. Stops and returns false if an attribute is
// cut or visit() returns false.
template <typename Visit>
bool each_attribute(const std::uint8_t* at, std::size_t room, Visit visit) noexcept
{
    while (room >= sizeof(nlattr)) {
        const nlattr header = attribute_at(at);
        if (header.nla_len < sizeof header || header.nla_len > room)
            return false;
        const auto type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK);
        const auto length = static_cast<std::uint32_t>(header.nla_len - sizeof header);
        if (!visit(type, at + sizeof header, length))
            return false;
        const std::size_t extent = attribute_extent(header.nla_len);
        if (extent >= room)
            return true;
        at += extent;
        room -= extent;
    }
    return room == 0;
}

// Finds an attribute of a packet's message by its NFULA_* number, and returns its value. It also
// finds attributes without a field in nflogcap_packet. If the attribute is absent, data() is
// nullptr. If it occurs twice, the last one counts.
std::span<const std::byte> find_attribute(std::span<const std::byte> message,
                                          std::uint16_t type) noexcept;

} // namespace nflog
