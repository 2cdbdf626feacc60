// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_framing.hpp"

#include <cstring>

namespace fleet {

namespace {

constexpr std::size_t length_offset = 8;     // position of a record's length in the record's head
constexpr std::uint32_t max_record = 262144; // bytes; libpcap reads no longer records

std::uint32_t number_at(std::string_view bytes, std::size_t offset)
{
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + offset, sizeof number);
    return number;
}

} // namespace

std::optional<std::uint64_t> count_records(std::string_view savefile)
{
    if (savefile.size() < savefile_head_bytes)
        return std::nullopt;
    const std::uint32_t magic = number_at(savefile, 0);
    const std::uint32_t swapped = __builtin_bswap32(magic);
    const bool is_swapped = swapped == magic_nanoseconds || swapped == magic_microseconds;
    if (!is_swapped && magic != magic_nanoseconds && magic != magic_microseconds)
        return std::nullopt;

    savefile.remove_prefix(savefile_head_bytes);
    std::uint64_t count = 0;
    for (; !savefile.empty(); ++count) {
        if (savefile.size() < record_head_bytes)
            return std::nullopt;
        std::uint32_t length = number_at(savefile, length_offset);
        if (is_swapped)
            length = __builtin_bswap32(length);
        if (length > max_record || length > savefile.size() - record_head_bytes)
            return std::nullopt;
        savefile.remove_prefix(record_head_bytes + length);
    }
    return count;
}

} // namespace fleet
