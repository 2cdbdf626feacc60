// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nflog {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// The UTF-8 character at the start of a text.
struct Character {
    std::size_t length; // bytes; 0 if the text does not start with a character
    char32_t code;
    bool is_printable; // false for control characters: they change how a terminal shows others
};
[[nodiscard]] Character first_non_ascii_character(std::string_view text) noexcept;
[[nodiscard]] inline Character first_character(std::string_view text) noexcept
{
    constexpr unsigned char max_ascii = 0x7f;
    constexpr unsigned char del = 0x7f;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first <= max_ascii) [[likely]]
        return {1, first, first >= ' ' && first != del};
    return first_non_ascii_character(text);
}

[[nodiscard]] inline bool is_control(char character) noexcept
{
    constexpr unsigned char first_printable = 0x20;
    constexpr unsigned char del = 0x7f;
    const auto byte = static_cast<unsigned char>(character);
    return byte < first_printable || byte == del;
}

// Calls put(piece) with the pieces of a text for people. Bytes that are not UTF-8, and characters
// that are not printable, become escapes such as "\x1b", so that a text from outside cannot control
// a terminal. Escaping the result again does not change it.
template <typename Put>
void escape(std::string_view text, Put put)
{
    while (!text.empty()) {
        const Character first = first_character(text);
        const std::size_t length = first.length == 0 ? 1 : first.length;
        if (first.is_printable) {
            put(text.substr(0, length));
        } else {
            for (const char byte : text.substr(0, length)) {
                const auto value = static_cast<unsigned char>(byte);
                put("\\x");
                put(hex_digits.substr(value >> 4U, 1));
                put(hex_digits.substr(value % hex_digits.size(), 1));
            }
        }
        text.remove_prefix(length);
    }
}

inline std::string escaped(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    escape(text, [&result](std::string_view piece) { result += piece; });
    return result;
}

} // namespace nflog
