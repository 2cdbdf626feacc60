// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace command {

using Bytes = std::span<const std::uint8_t>;

template <typename Integer>
void append_number(std::string& text, Integer number)
{
    constexpr std::size_t longest = 20;
    char digits[longest];
    text.append(digits, std::to_chars(digits, digits + longest, number).ptr);
}

// With leading zeros up to `width`.
void append_padded(std::string& text, std::uint64_t number, std::size_t width);

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

// Two digits a byte, with the separator between bytes where there is one.
void append_hex(std::string& text, Bytes bytes, char separator = '\0');

void append_ipv4(std::string& text, const std::uint8_t* address);
void append_ipv6(std::string& text, const std::uint8_t* address);

// For a terminal: control characters and what is no UTF-8 become escapes, so that nothing from a
// rule or a name can steer it.
void append_escaped(std::string& text, std::string_view words);

// The same between double quotes; quotes and backslashes within get a backslash.
void append_quoted(std::string& text, std::string_view words);

// A JSON string. Bytes that are no UTF-8 become U+FFFD; returns whether there were any.
bool append_json_string(std::string& text, std::string_view words);

} // namespace command
