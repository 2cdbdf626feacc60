// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.hpp"

#include "characters.hpp"
#include "text_writer.hpp"

namespace command {

namespace {

// Returns a buffer that is large enough for any escaped form of the text. Each byte may become an
// escape such as "\u001b". Quotes and a NUL are added.
std::string room_for(std::string_view words)
{
    constexpr std::size_t longest_escape = 6;
    std::string room;
    room.resize(words.size() * longest_escape + 3);
    return room;
}

} // namespace

void append_padded(std::string& text, std::uint64_t number, std::size_t width)
{
    const std::string digits = std::to_string(number);
    text.append(width > digits.size() ? width - digits.size() : 0, '0');
    text += digits;
}

std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, 1, ',');
    return text;
}

std::string counted(std::uint64_t number, const std::string& one, const std::string& several)
{
    return std::to_string(number) + ' ' + (number == 1 ? one : several);
}

void append_hex(std::string& text, Bytes bytes, char separator)
{
    constexpr unsigned low_nibble = 0xf;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && separator != '\0')
            text += separator;
        text += nflog::hex_digits[bytes[i] >> 4U];
        text += nflog::hex_digits[bytes[i] & low_nibble];
    }
}

void append_escaped(std::string& text, std::string_view words)
{
    text += nflog::escaped(words);
}

void append_quoted(std::string& text, std::string_view words)
{
    std::string room = room_for(words);
    nflog::TextWriter writer(room.data(), room.size());
    writer.put_quoted(words);
    text.append(room, 0, writer.finish());
}

bool append_json(std::string& text, std::string_view words)
{
    std::string room = room_for(words);
    nflog::TextWriter writer(room.data(), room.size());
    const bool is_utf8 = writer.put_json(words);
    text.append(room, 0, writer.finish());
    return is_utf8;
}

} // namespace command
