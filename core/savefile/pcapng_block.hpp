// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace nflog {

// A block of a pcapng file. Append its fixed fields first, then its options, then its end.
class PcapngBlock {
public:
    enum class Type : std::uint32_t {
        section = 0x0a0d0d0a,
        interface = 1,
        statistics = 5,
        packet = 6,
    };

    // Sizes: a block's type and its two lengths; an option's code and length.
    static constexpr std::size_t frame_bytes = 12;
    static constexpr std::size_t option_header_bytes = 4;
    static constexpr std::size_t max_option_bytes = UINT16_MAX;

    PcapngBlock(std::vector<char>& to, Type type) : to_(to), begin_(to.size())
    {
        put(type);
        put(std::uint32_t{0}); // the length, which end() fills in
    }

    template <typename Number>
    void put(Number number)
    {
        append(&number, sizeof number);
    }

    // Writes the upper half first, as pcapng requires.
    void put_time(std::uint64_t time)
    {
        constexpr unsigned half = 32;
        put(static_cast<std::uint32_t>(time >> half));
        put(static_cast<std::uint32_t>(time));
    }

    // Adds padding to the alignment of blocks.
    void put_bytes(const void* bytes, std::size_t size)
    {
        append(bytes, size);
        to_.resize(to_.size() + (alignment - size % alignment) % alignment);
    }

    // The value must have at most max_option_bytes.
    void put_option(std::uint16_t code, std::string_view value)
    {
        put(code);
        put(static_cast<std::uint16_t>(value.size()));
        put_bytes(value.data(), value.size());
        has_options_ = true;
    }

    template <typename Number>
    void put_number_option(std::uint16_t code, Number number)
    {
        put_option(code, {reinterpret_cast<const char*>(&number), sizeof number});
    }

    void end()
    {
        if (has_options_)
            put(std::uint32_t{0}); // the end of the options
        const auto length = static_cast<std::uint32_t>(to_.size() - begin_ + sizeof(std::uint32_t));
        std::memcpy(to_.data() + begin_ + sizeof(Type), &length, sizeof length);
        put(length);
    }

private:
    static constexpr std::size_t alignment = 4;

    void append(const void* bytes, std::size_t size)
    {
        const auto* from = static_cast<const char*>(bytes);
        to_.insert(to_.end(), from, from + size);
    }

    std::vector<char>& to_;
    std::size_t begin_;
    bool has_options_ = false;
};

} // namespace nflog
