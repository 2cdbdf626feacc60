// SPDX-License-Identifier: GPL-2.0-or-later
#include "characters.hpp"

#include <algorithm>

namespace nflog {

namespace {

// How a UTF-8 character of several bytes starts: the ranges of its first and its second byte. The
// range of the second byte excludes surrogates and overlong forms (The Unicode Standard, table
// 3-7).
struct Start {
    unsigned char first_min, first_max;
    unsigned char second_min, second_max;
    unsigned char length;
    unsigned char first_bits; // mask of the first byte's bits that belong to the code point
};
constexpr Start starts[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f}, {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f},
    {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f}, {0xed, 0xed, 0x80, 0x9f, 3, 0x0f},
    {0xee, 0xef, 0x80, 0xbf, 3, 0x0f}, {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
    {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07}, {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
};

// Code points that must not be printed: C1 control characters, control characters of bidirectional
// text, and line separators.
struct Range {
    char32_t min, max;
};
constexpr Range unprintable[] = {
    {0x80, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
};

} // namespace

Character first_non_ascii_character(std::string_view text) noexcept
{
    constexpr unsigned char continuation_min = 0x80;
    constexpr unsigned char continuation_max = 0xbf;
    constexpr unsigned char continuation_bits = 0x3f;
    constexpr int bits_per_continuation = 6;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const auto* start = std::ranges::find_if(
        starts, [&](const Start& one) { return first >= one.first_min && first <= one.first_max; });
    if (start == std::end(starts) || text.size() < start->length || byte(1) < start->second_min ||
        byte(1) > start->second_max)
        return {0, 0, false};
    char32_t code = first & start->first_bits;
    for (std::size_t i = 1; i < start->length; ++i) {
        if (byte(i) < continuation_min || byte(i) > continuation_max)
            return {0, 0, false};
        code = code << bits_per_continuation | (byte(i) & continuation_bits);
    }
    const bool is_printable = std::ranges::none_of(
        unprintable, [&](const Range& range) { return code >= range.min && code <= range.max; });
    return {start->length, code, is_printable};
}

} // namespace nflog
