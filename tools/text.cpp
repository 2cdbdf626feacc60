// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.hpp"

#include <arpa/inet.h>

namespace command {

namespace {

constexpr char digits[] = "0123456789abcdef";

// What a character of several bytes begins with: its first byte, and the second, which keeps out
// surrogates and forms that are longer than they need be (The Unicode Standard, table 3-7).
struct Beginning {
    unsigned char first, last; // of the first byte
    unsigned char second_from, second_to;
    std::size_t length;
};
constexpr Beginning beginnings[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

constexpr unsigned char least_continuation = 0x80;
constexpr unsigned char most_continuation = 0xbf;
constexpr unsigned char most_ascii = 0x7f;
constexpr unsigned char del = 0x7f;
constexpr unsigned char low_nibble = 0x0f;

// Bytes of the UTF-8 character that `words` begins with; 0 where there is none.
std::size_t character_at(std::string_view words)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(words[i]); };
    const unsigned char first = byte(0);
    if (first <= most_ascii)
        return 1;
    for (const Beginning& one : beginnings) {
        if (first < one.first || first > one.last)
            continue;
        if (words.size() < one.length || byte(1) < one.second_from || byte(1) > one.second_to)
            return 0;
        for (std::size_t i = 2; i < one.length; ++i) {
            if (byte(i) < least_continuation || byte(i) > most_continuation)
                return 0;
        }
        return one.length;
    }
    return 0;
}

bool is_ascii_control(char byte)
{
    const auto value = static_cast<unsigned char>(byte);
    return value < ' ' || value == del;
}

bool is_control(std::string_view character)
{
    constexpr std::string_view first_c1 = "\u0080";
    constexpr std::string_view last_c1 = "\u009f";
    return is_ascii_control(character[0]) || (first_c1 <= character && character <= last_c1);
}

void append_escape(std::string& text, char byte)
{
    const auto value = static_cast<unsigned char>(byte);
    text += "\\x";
    text += digits[value >> 4];
    text += digits[value & low_nibble];
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
        *at++ = digits[bytes[i] & low_nibble];
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
        } else if (is_ascii_control(words[0])) {
            text += "\\u00";
            text += digits[first >> 4];
            text += digits[first & low_nibble];
        } else {
            text += words.substr(0, length);
        }
        words.remove_prefix(length == 0 ? 1 : length);
    }
    text += '"';
    return replaced;
}

} // namespace command
