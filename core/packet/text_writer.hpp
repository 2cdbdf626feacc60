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

// Writes text into a buffer as far as it fits, and counts all of it, like snprintf().
class TextWriter {
public:
    // With a capacity of 0 the buffer may be nullptr.
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

    // The same for short texts in blocks of one size, which are copied in a few instructions.
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
        constexpr std::size_t max_digits = 20;
        if (fits(max_digits)) [[likely]] {
            char* at = buffer_ + length_;
            length_ +=
                static_cast<std::size_t>(std::to_chars(at, at + max_digits, number).ptr - at);
            return;
        }
        char digits[max_digits];
        put({digits, std::to_chars(digits, digits + max_digits, number).ptr});
    }

    // Two digits per byte; `separator` is put between bytes unless it is NUL.
    void put_hex(std::span<const std::uint8_t> bytes, char separator = '\0') noexcept;

    // An IPv4 or IPv6 address, by its length.
    void put_address(std::span<const std::uint8_t> address) noexcept;

    // Escaped for a terminal.
    void put_escaped(std::string_view text) noexcept;

    // The same between double quotes. Quotes and backslashes get a backslash.
    void put_quoted(std::string_view text) noexcept;

    // A JSON string. Returns false if some of its bytes were not UTF-8: they become U+FFFD.
    bool put_json(std::string_view text) noexcept;

    // Ends the text with a NUL and returns its whole length. No part of a character is left.
    std::size_t finish() noexcept;

private:
    [[nodiscard]] bool fits(std::size_t size) const noexcept { return length_ + size <= capacity_; }

    // Of a text that does not fit.
    void put_part(std::string_view text) noexcept;

    char* buffer_;
    std::size_t capacity_; // without the NUL
    bool ends_;            // false: there is no room even for the NUL
    std::size_t length_ = 0;
};

} // namespace nflog
