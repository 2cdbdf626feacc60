// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spool {

constexpr bool is_letter_or_digit(unsigned char byte) noexcept
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

// Escapes each byte for which `is_kept` returns false, as in "%2E". `is_kept` must return false for
// '%'.
std::string percent_encoded(std::string_view text, bool (*is_kept)(unsigned char byte));

// Returns nothing if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace spool
