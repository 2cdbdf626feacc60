// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace command {

using Bytes = std::span<const std::uint8_t>;

// Appends a number with leading zeros up to `width`.
void append_padded(std::string& text, std::uint64_t number, std::size_t width);

// Returns 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

// Returns "1 packet" or "2 packets".
std::string counted(std::uint64_t number, const std::string& one, const std::string& several);

// Appends two digits for each byte. `separator` goes between bytes; '\0': none.
void append_hex(std::string& text, Bytes bytes, char separator = '\0');

// Appends text for a terminal. Control characters and bytes that are not UTF-8 become escapes, so
// that no rule and no name can control the terminal.
void append_escaped(std::string& text, std::string_view words);

// Appends escaped text in double quotes, with a backslash before quotes and backslashes.
void append_quoted(std::string& text, std::string_view words);

// Appends a JSON string. Returns false if some bytes were not UTF-8; they become U+FFFD.
bool append_json(std::string& text, std::string_view words);

} // namespace command
