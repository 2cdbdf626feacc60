// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace command {

// The text in single quotes. `escape` is the shell's way to write a single quote inside them.
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
