// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace command {

using Bytes = std::span<const std::uint8_t>;

// With leading zeros up to `width`.
void append_padded(std::string& text, std::uint64_t number, std::size_t width);

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

// "1 packet", "2 packets".
std::string counted(std::uint64_t number, const std::string& one, const std::string& several);

// Two digits per byte, with the separator, if any, between bytes.
void append_hex(std::string& text, Bytes bytes, char separator = '\0');

// For a terminal: control characters and bytes that are not UTF-8 become escapes, so that no rule
// and no name can control the terminal.
void append_escaped(std::string& text, std::string_view words);

// The same in double quotes. Quotes and backslashes are preceded by a backslash.
void append_quoted(std::string& text, std::string_view words);

// As a JSON string. Returns false if some bytes were not UTF-8: they become U+FFFD.
bool append_json(std::string& text, std::string_view words);

} // namespace command
