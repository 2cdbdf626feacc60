// SPDX-License-Identifier: GPL-2.0-or-later
#include "hexdump.hpp"

#include <algorithm>

namespace command {

void append_hexdump(std::string& text, Bytes bytes)
{
    constexpr std::size_t a_line = 16;
    constexpr std::size_t half = a_line / 2;
    for (std::size_t at = 0; at < bytes.size(); at += a_line) {
        const Bytes line = bytes.subspan(at, std::min(a_line, bytes.size() - at));
        text += "    ";
        const std::uint8_t offset[] = {static_cast<std::uint8_t>(at >> 8),
                                       static_cast<std::uint8_t>(at)};
        append_hex(text, offset);
        text += "  ";
        append_hex(text, line.first(std::min(half, line.size())), ' ');
        if (line.size() > half) {
            text += "  ";
            append_hex(text, line.subspan(half), ' ');
        }
        const std::size_t width = line.size() * 3 - (line.size() > half ? 0 : 1);
        text.append(a_line * 3 - width + 2, ' ');
        for (const std::uint8_t byte : line)
            text += byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
        text += '\n';
    }
}

} // namespace command
