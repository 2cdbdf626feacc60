// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <endian.h>

namespace nflog {

// Reads a big-endian number, which may be unaligned.
inline std::uint16_t be16(const std::uint8_t* from) noexcept
{
    std::uint16_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return be16toh(value);
}

inline std::uint32_t be32(const std::uint8_t* from) noexcept
{
    std::uint32_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return be32toh(value);
}

inline std::uint64_t be64(const std::uint8_t* from) noexcept
{
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return be64toh(value);
}

} // namespace nflog
