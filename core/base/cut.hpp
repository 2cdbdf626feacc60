// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace nflog {

// The greatest length, at most `length`, at which a cut does not split a UTF-8 character. Bytes
// that are not UTF-8 can be cut anywhere.
inline std::size_t cut_length(std::string_view text, std::size_t length) noexcept
{
    constexpr std::size_t max_continuation_bytes = 3;
    constexpr unsigned char mask = 0xc0;
    constexpr unsigned char continuation = 0x80;
    for (std::size_t back = 0; back <= std::min(length, max_continuation_bytes); ++back) {
        const std::size_t cut = length - back;
        if (cut >= text.size() || (static_cast<unsigned char>(text[cut]) & mask) != continuation)
            return cut;
    }
    return length;
}

// The text in at most `max_length` bytes. A longer text loses its middle, where an error message
// quotes a path or an expression; the end, which says why the call failed and what to do, stays.
inline std::string without_middle(const std::string& text, std::size_t max_length)
{
    if (text.size() <= max_length)
        return text;
    constexpr std::string_view gap = " ... ";
    const std::size_t half = (max_length - gap.size()) / 2;
    const std::size_t tail =
        cut_length(text, text.size() - half + 3); // cut_length() moves it back by up to 3
    return text.substr(0, cut_length(text, half)).append(gap).append(text, tail);
}

} // namespace nflog
