// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_writer.hpp"

#include "characters.hpp"

#include <arpa/inet.h>
#include <bit>

namespace nflog {

namespace {

constexpr char del = 0x7f;

// Whether JSON requires a backslash before the byte.
constexpr bool needs_backslash(char byte) noexcept
{
    return byte == '"' || byte == '\\';
}

// For each byte value: whether JSON must escape the byte, or the byte is part of a character of
// several bytes.
constexpr auto are_special = []() {
    std::array<bool, 256> are{};
    for (std::size_t byte = 0; byte < are.size(); ++byte)
        are[byte] = byte < ' ' || byte >= del || needs_backslash(static_cast<char>(byte));
    return are;
}();
bool is_special(char byte) noexcept
{
    return are_special[static_cast<unsigned char>(byte)];
}

using Digits = std::array<char, 2>;

constexpr auto digits_of_bytes = []() {
    std::array<Digits, 256> digits{};
    for (std::size_t i = 0; i < digits.size(); ++i)
        digits[i] = {hex_digits[i >> 4U], hex_digits[i % hex_digits.size()]};
    return digits;
}();

// The number of bytes that put_digits() converts at once, so that the compiler can use vector
// instructions.
constexpr std::size_t vector_bytes = 8;
void put_digits(char* to, const std::uint8_t* from) noexcept
{
    using Bytes [[gnu::vector_size(vector_bytes)]] = std::uint8_t;
    using Pairs [[gnu::vector_size(2 * vector_bytes)]] = std::uint16_t;
    using Text [[gnu::vector_size(2 * vector_bytes)]] = std::uint8_t;
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    const Pairs pairs = __builtin_convertvector(bytes, Pairs);
    const Pairs high = pairs >> 4U;
    const Pairs low = pairs & 0xfU;
    const auto values = reinterpret_cast<Text>(
        std::endian::native == std::endian::little ? high | low << 8U : high << 8U | low);
    constexpr std::uint8_t ten = 10;
    const auto letters = reinterpret_cast<Text>(values >= ten) & std::uint8_t{'a' - '0' - ten};
    const Text text = values + std::uint8_t{'0'} + letters;
    std::memcpy(to, &text, sizeof text);
}

// The decimal digits of a byte, followed by a dot.
struct Octet {
    std::array<char, 4> text;
    std::uint8_t length;
};
constexpr auto octets = []() {
    constexpr std::size_t base = 10;
    std::array<Octet, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
        std::size_t length = 0;
        for (std::size_t unit = base * base; unit > 0; unit /= base) {
            if (i >= unit || unit == 1)
                made[i].text[length++] = static_cast<char>('0' + i / unit % base);
        }
        made[i].text[length++] = '.';
        made[i].length = static_cast<std::uint8_t>(length);
    }
    return made;
}();

// Returns the length of a text without an incomplete UTF-8 character at its end.
std::size_t end_of_characters(std::string_view text) noexcept
{
    constexpr std::size_t max_part = 3;
    constexpr unsigned char max_ascii = 0x7f;
    constexpr unsigned char min_first = 0xc0;
    for (std::size_t part = 1; part <= std::min(max_part, text.size()); ++part) {
        const std::size_t at = text.size() - part;
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= min_first)
            return first_character(text.substr(at)).length == 0 ? at : text.size();
        if (byte <= max_ascii)
            break;
    }
    return text.size();
}

} // namespace

void TextWriter::put_part(std::string_view text) noexcept
{
    if (length_ < capacity_)
        text.copy(buffer_ + length_, capacity_ - length_);
}

void TextWriter::put_part_of(std::uint64_t number) noexcept
{
    std::array<char, max_digits> digits;
    put({digits.data(), digits_at(digits.data(), number)});
}

void TextWriter::put_hex(std::span<const std::uint8_t> bytes, char separator) noexcept
{
    if (separator == '\0' && fits(2 * bytes.size())) {
        char* at = buffer_ + length_;
        length_ += 2 * bytes.size();
        for (; bytes.size() >= vector_bytes; bytes = bytes.subspan(vector_bytes)) {
            put_digits(at, bytes.data());
            at += 2 * vector_bytes;
        }
        for (const std::uint8_t byte : bytes) {
            std::memcpy(at, digits_of_bytes[byte].data(), 2);
            at += 2;
        }
        return;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && separator != '\0')
            put(separator);
        put({digits_of_bytes[bytes[i]].data(), 2});
    }
}

void TextWriter::put_address(std::span<const std::uint8_t> address) noexcept
{
    if (address.size() == sizeof(in_addr)) {
        std::array<char, INET_ADDRSTRLEN> text;
        std::size_t length = 0;
        for (const std::uint8_t byte : address) {
            const Octet& octet = octets[byte];
            std::memcpy(text.data() + length, octet.text.data(), octet.text.size());
            length += octet.length;
        }
        put({text.data(), length - 1}); // without the last dot
    } else if (address.size() == sizeof(in6_addr)) {
        char text[INET6_ADDRSTRLEN];
        put(inet_ntop(AF_INET6, address.data(), text, sizeof text));
    }
}

void TextWriter::put_escaped(std::string_view text) noexcept
{
    escape(text, [this](std::string_view piece) { put(piece); });
}

void TextWriter::put_quoted(std::string_view text) noexcept
{
    put('"');
    escape(text, [this](std::string_view piece) {
        if (piece == "\"" || piece == "\\")
            put('\\');
        put(piece);
    });
    put('"');
}

bool TextWriter::put_json(std::string_view text) noexcept
{
    bool is_utf8 = true;
    put('"');
    while (!text.empty()) {
        // Most characters need no escaping and come in long runs.
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if(text, is_special) - text.begin());
        put(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty())
            break;
        const Character first = first_character(text);
        if (first.length == 0) {
            put("\\ufffd");
            is_utf8 = false;
        } else if (!first.is_printable) {
            const std::uint8_t code[] = {static_cast<std::uint8_t>(first.code >> 8U),
                                         static_cast<std::uint8_t>(first.code)};
            put("\\u");
            put_hex(code);
        } else {
            if (needs_backslash(text[0]))
                put('\\');
            put(text.substr(0, first.length));
        }
        text.remove_prefix(first.length == 0 ? 1 : first.length);
    }
    put('"');
    return is_utf8;
}

std::size_t TextWriter::finish() noexcept
{
    if (ends_)
        buffer_[length_ > capacity_ ? end_of_characters({buffer_, capacity_}) : length_] = '\0';
    return length_;
}

} // namespace nflog
