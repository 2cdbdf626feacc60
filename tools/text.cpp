// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.hpp"

#include <arpa/inet.h>

namespace command {

namespace {

constexpr char digits[] = "0123456789abcdef";

// Bytes of the UTF-8 character that `words` begins with; 0 where there is none. Surrogates, and
// forms that are longer than they need be, are none.
std::size_t character_at(std::string_view words)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(words[i]); };
    const auto continues = [&](std::size_t i) { return i < words.size() && byte(i) >> 6 == 2; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first < 0xf0) {
        if (!continues(1) || !continues(2) || (first == 0xe0 && byte(1) < 0xa0) ||
            (first == 0xed && byte(1) >= 0xa0))
            return 0;
        return 3;
    }
    if (first >= 0xf0 && first < 0xf5) {
        if (!continues(1) || !continues(2) || !continues(3) || (first == 0xf0 && byte(1) < 0x90) ||
            (first == 0xf4 && byte(1) >= 0x90))
            return 0;
        return 4;
    }
    return 0;
}

bool is_control(std::string_view character)
{
    const auto first = static_cast<unsigned char>(character[0]);
    return first < 0x20 || first == 0x7f || // and C1, U+0080 to U+009F
           (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

void append_escape(std::string& text, char byte)
{
    const auto value = static_cast<unsigned char>(byte);
    text += "\\x";
    text += digits[value >> 4];
    text += digits[value & 15];
}

} // namespace

void append_padded(std::string& text, std::uint64_t number, std::size_t width)
{
    const std::size_t before = text.size();
    append_number(text, number);
    if (const std::size_t length = text.size() - before; length < width)
        text.insert(before, width - length, '0');
}

std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, 1, ',');
    return text;
}

void append_hex(std::string& text, Bytes bytes, char separator)
{
    const std::size_t before = text.size();
    text.resize(before + bytes.size() * 2 +
                (separator != '\0' && !bytes.empty() ? bytes.size() - 1 : 0));
    char* at = text.data() + before;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && separator != '\0')
            *at++ = separator;
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
}

void append_ipv4(std::string& text, const std::uint8_t* address)
{
    for (int i = 0; i < 4; ++i) {
        if (i > 0)
            text += '.';
        append_number(text, unsigned{address[i]});
    }
}

void append_ipv6(std::string& text, const std::uint8_t* address)
{
    char words[INET6_ADDRSTRLEN];
    text += inet_ntop(AF_INET6, address, words, sizeof words);
}

void append_escaped(std::string& text, std::string_view words)
{
    while (!words.empty()) {
        const std::size_t length = character_at(words);
        if (length == 0 || is_control(words.substr(0, length))) {
            append_escape(text, words[0]);
            words.remove_prefix(1);
        } else {
            text += words.substr(0, length);
            words.remove_prefix(length);
        }
    }
}

void append_quoted(std::string& text, std::string_view words)
{
    text += '"';
    for (std::size_t at = 0; (at = words.find_first_of("\"\\")) != std::string_view::npos;) {
        append_escaped(text, words.substr(0, at));
        (text += '\\') += words[at];
        words.remove_prefix(at + 1);
    }
    append_escaped(text, words);
    text += '"';
}

bool append_json_string(std::string& text, std::string_view words)
{
    bool replaced = false;
    text += '"';
    while (!words.empty()) {
        const std::size_t length = character_at(words);
        const auto first = static_cast<unsigned char>(words[0]);
        if (length == 0) {
            text += "\\ufffd";
            replaced = true;
        } else if (words[0] == '"' || words[0] == '\\') {
            (text += '\\') += words[0];
        } else if (first < 0x20 || first == 0x7f) {
            text += "\\u00";
            text += digits[first >> 4];
            text += digits[first & 15];
        } else {
            text += words.substr(0, length);
        }
        words.remove_prefix(length == 0 ? 1 : length);
    }
    text += '"';
    return replaced;
}

} // namespace command
