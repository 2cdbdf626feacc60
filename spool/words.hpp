// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// Returns the value of KEY=VALUE in words separated by spaces. Returns nothing if the key is
// missing.
inline std::optional<std::string_view> value_of(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size() < text.size() ? word.size() + 1 : text.size());
        if (word.size() > key.size() && word[key.size()] == '=' && word.starts_with(key))
            return word.substr(key.size() + 1);
    }
    return {};
}

// Returns nothing if the text is not a number of that type, or continues after the number.
template <typename Number>
std::optional<Number> number_in(std::string_view text, int base = 10)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size())
        return {};
    return number;
}

// Stores the value of a key in `number`. Returns false if the key is missing or has no valid value.
template <typename Number>
bool read_number(std::string_view text, std::string_view key, Number& number, int base = 10)
{
    const std::optional<std::string_view> value = value_of(text, key);
    const std::optional<Number> read =
        value ? number_in<Number>(*value, base) : std::optional<Number>{};
    if (read)
        number = *read;
    return read.has_value();
}

} // namespace spool
