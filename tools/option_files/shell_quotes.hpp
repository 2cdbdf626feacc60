// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// Returns the text in single quotes for a shell. `quote`: how the shell writes a single quote
// inside such text.
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
