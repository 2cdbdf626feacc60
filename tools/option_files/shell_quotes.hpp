// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// A text in single quotes. The shell writes such a quote in it in its own way.
inline std::string in_single_quotes(std::string_view text, std::string_view quote)
{
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'')
            quoted += quote;
        else
            quoted += c;
    }
    return quoted + '\'';
}

} // namespace command
