// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace nflog {

// Writes text into a buffer. Text that does not fit is cut off, but counts in the length, as in
// snprintf().
class TextWriter {
public:
    // If the capacity is 0, the buffer may be nullptr.
    TextWriter(char* buffer, std::size_t capacity) noexcept
        : buffer_(buffer), capacity_(std::max<std::size_t>(capacity, 1) - 1), ends_(capacity > 0)
    {
    }

    void put(char byte) noexcept
    {
        if (length_ < capacity_)
            buffer_[length_] = byte;
        ++length_;
    }

    void put(std::string_view text) noexcept
    {
        if (fits(text.size())) [[likely]]
            text.copy(buffer_ + length_, text.size());
        else
            put_part(text);
        length_ += text.size();
    }

    // A short text in a block of fixed size, which can be copied in a few instructions.
    struct Block {
        std::array<char, 32> text; // NOLINT(*-magic-numbers): longer than the names of fields
        std::size_t length;
    };
    void put(const Block& block) noexcept
    {
        if (!fits(block.text.size())) [[unlikely]]
            return put(std::string_view(block.text.data(), block.length));
        std::memcpy(buffer_ + length_, block.text.data(), block.text.size());
        length_ += block.length;
    }

    void put_number(std::uint64_t number) noexcept
    {
        if (fits(max_digits)) [[likely]]
            length_ = static_cast<std::size_t>(digits_at(buffer_ + length_, number) - buffer_);
        else
            put_part_of(number);
    }

    // Writes a block and a number, without storing the length in between.
    void put(const Block& block, std::uint64_t number) noexcept
    {
        if (!fits(block.text.size() + max_digits)) [[unlikely]] {
            put(block);
            return put_number(number);
        }
        char* const at = buffer_ + length_;
        std::memcpy(at, block.text.data(), block.text.size());
        length_ = static_cast<std::size_t>(digits_at(at + block.length, number) - buffer_);
    }

    // Writes two hexadecimal digits for each byte. `separator` is written between bytes unless it
    // is NUL.
    void put_hex(std::span<const std::uint8_t> bytes, char separator = '\0') noexcept;

    // Writes an IPv4 or IPv6 address. Its length determines which.
    void put_address(std::span<const std::uint8_t> address) noexcept;

    // Writes a text that is escaped for a terminal.
    void put_escaped(std::string_view text) noexcept;

    // Writes a text that is escaped for a terminal between double quotes. A backslash escapes
    // quotes and backslashes.
    void put_quoted(std::string_view text) noexcept;

    // Writes a JSON string. Bytes that are not UTF-8 become U+FFFD; then this returns false.
    bool put_json(std::string_view text) noexcept;

    // Ends the text with a NUL and returns the length that the whole text needs. If the text was
    // cut, an incomplete character at its end is removed.
    std::size_t finish() noexcept;

private:
    static constexpr std::size_t max_digits = 20;

    // Writes the digits of a number, and returns their end.
    static char* digits_at(char* at, std::uint64_t number) noexcept
    {
        constexpr std::uint64_t base = 10;
        if (number < base) { // most numbers
            *at = static_cast<char>('0' + number);
            return at + 1;
        }
        return std::to_chars(at, at + max_digits, number).ptr;
    }

    [[nodiscard]] bool fits(std::size_t size) const noexcept { return length_ + size <= capacity_; }

    // Writes the part of a text that fits.
    void put_part(std::string_view text) noexcept;
    void put_part_of(std::uint64_t number) noexcept;

    char* buffer_;
    std::size_t capacity_; // without the NUL
    bool ends_;            // false: there is no room even for the NUL
    std::size_t length_ = 0;
};

} // namespace nflog
