// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.hpp"

#include "characters.hpp"

namespace command {

void append_padded(std::string& text, std::uint64_t number, std::size_t width)
{
    const std::string digits = std::to_string(number);
    text.append(width > digits.size() ? width - digits.size() : 0, '0');
    text += digits;
}

std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, 1, ',');
    return text;
}

std::string counted(std::uint64_t number, const std::string& one, const std::string& several)
{
    return std::to_string(number) + ' ' + (number == 1 ? one : several);
}

void append_hex(std::string& text, Bytes bytes, char separator)
{
    constexpr unsigned low_nibble = 0xf;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && separator != '\0')
            text += separator;
        text += nflog::hex_digits[bytes[i] >> 4U];
        text += nflog::hex_digits[bytes[i] & low_nibble];
    }
}

void append_escaped(std::string& text, std::string_view words)
{
    text += nflog::escaped(words);
}

} // namespace command
