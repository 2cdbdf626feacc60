// SPDX-License-Identifier: GPL-2.0-or-later
#include "hexdump.hpp"

#include <algorithm>

namespace command {

namespace {

constexpr const char* indent = "    ";

char printable(std::uint8_t byte)
{
    return byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
}

void append_lines(std::string& text, Bytes bytes, bool with_ascii)
{
    constexpr std::size_t a_line = 16;
    constexpr std::size_t half = a_line / 2;
    for (std::size_t at = 0; at < bytes.size(); at += a_line) {
        const Bytes line = bytes.subspan(at, std::min(a_line, bytes.size() - at));
        text += indent;
        const std::uint8_t offset[] = {static_cast<std::uint8_t>(at >> 16),
                                       static_cast<std::uint8_t>(at >> 8),
                                       static_cast<std::uint8_t>(at)};
        constexpr std::size_t max_short_offset = 0xffff; // larger offsets need more digits
        append_hex(text, at > max_short_offset ? Bytes(offset) : Bytes(offset).subspan(1));
        text += "  ";
        append_hex(text, line.first(std::min(half, line.size())), ' ');
        if (line.size() > half) {
            text += "  ";
            append_hex(text, line.subspan(half), ' ');
        }
        if (with_ascii) {
            const std::size_t width = line.size() * 3 - (line.size() > half ? 0 : 1);
            text.append(a_line * 3 - width + 2, ' ');
            for (const std::uint8_t byte : line)
                text += printable(byte);
        }
        text += '\n';
    }
}

} // namespace

void append_hex_dump(std::string& text, Bytes bytes)
{
    append_lines(text, bytes, false);
}

void append_hex_and_ascii_dump(std::string& text, Bytes bytes)
{
    append_lines(text, bytes, true);
}

void append_ascii_dump(std::string& text, Bytes bytes)
{
    if (bytes.empty())
        return;
    text += indent;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool ends_line = bytes[i] == '\n';
        if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n')
            continue;
        if (!ends_line)
            text += printable(bytes[i]);
        else if (i + 1 < bytes.size())
            text.append("\n").append(indent);
    }
    text += '\n';
}

} // namespace command
