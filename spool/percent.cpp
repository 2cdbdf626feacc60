// SPDX-License-Identifier: GPL-2.0-or-later
#include "percent.hpp"

#include "words.hpp"

#include <cstdint>

namespace spool {

std::string percent_encoded(std::string_view text, bool (*is_kept)(unsigned char byte))
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr unsigned digit_mask = 15;
    std::string encoded;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (is_kept(byte))
            encoded += character;
        else
            encoded.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & digit_mask]);
    }
    return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text)
{
    constexpr int hexadecimal = 16;
    constexpr std::size_t escape = 3; // length of an escape, in characters
    std::string decoded;
    while (!text.empty()) {
        if (text[0] != '%') {
            decoded += text[0];
            text.remove_prefix(1);
            continue;
        }
        if (text.size() < escape)
            return {};
        const auto byte = number_in<std::uint8_t>(text.substr(1, escape - 1), hexadecimal);
        if (!byte)
            return {};
        decoded += static_cast<char>(*byte);
        text.remove_prefix(escape);
    }
    return decoded;
}

} // namespace spool
