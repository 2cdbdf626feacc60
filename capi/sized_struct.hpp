// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace nflog {

// Copies a public struct to the caller's, which has `size` bytes. If the program was compiled with
// an older header, its struct ends earlier; if with a newer one, its struct has members that this
// library does not know, and they become 0. `first_size` is the struct's size in its first release;
// a smaller one is refused with -EINVAL.
template <typename Struct>
[[nodiscard]] int copy_sized(const Struct& from, void* to, std::size_t size,
                             std::size_t first_size) noexcept
{
    static_assert(std::is_trivially_copyable_v<Struct>);
    if (size < first_size)
        return -EINVAL;
    const std::size_t known = std::min(size, sizeof from);
    std::memcpy(to, &from, known);
    std::memset(static_cast<std::byte*>(to) + known, 0, size - known);
    return 0;
}

// Copies the caller's struct, which has `size` bytes, to ours. Members that an older header lacks
// are not changed. False if `size` is too small, or if a member of a newer header that this library
// does not know is not 0.
template <typename Struct>
[[nodiscard]] bool read_sized(const void* from, std::size_t size, std::size_t first_size,
                              Struct& to) noexcept
{
    static_assert(std::is_trivially_copyable_v<Struct>);
    const auto* const bytes = static_cast<const std::byte*>(from);
    const std::size_t known = std::min(size, sizeof to);
    if (size < first_size || std::any_of(bytes + known, bytes + size,
                                         [](std::byte each) { return each != std::byte{}; }))
        return false;
    std::memcpy(&to, from, known);
    return true;
}

} // namespace nflog
