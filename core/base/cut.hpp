// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace nflog {

// Returns the greatest length, at most `length`, to which `text` can be cut without splitting a
// UTF-8 character. Text that is not UTF-8 can be cut anywhere.
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

// Returns the text in at most `max_length` bytes. If the text is longer, " ... " replaces its
// middle. The middle of an error message quotes a path or an expression; its end says why the call
// failed and what to do.
inline std::string without_middle(const std::string& text, std::size_t max_length)
{
    if (text.size() <= max_length)
        return text;
    constexpr std::string_view gap = " ... ";
    const std::size_t half = (max_length - gap.size()) / 2;
    // Cut_length() subtracts up to 3
    const std::size_t tail = cut_length(text, text.size() - half + 3);
    return text.substr(0, cut_length(text, half)).append(gap).append(text, tail);
}

} // namespace nflog
