// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "savefile.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

// Reads the blocks of a pcapng file in this machine's byte order, as the draft of the format
// describes them.
namespace support {

class PcapngBlock {
public:
    enum Type : std::uint32_t { section = 0x0a0d0d0a, interface = 1, statistics = 5, packet = 6 };

    explicit PcapngBlock(std::span<const std::byte> bytes) : bytes_(bytes.begin(), bytes.end())
    {
        require(number32(4) == bytes.size() && number32(bytes.size() - 4) == bytes.size());
        std::size_t at = options_at();
        bool has_end = at == bytes.size() - 4;
        while (!has_end) {
            const std::uint16_t code = number16(at);
            const std::uint16_t length = number16(at + 2);
            has_end = code == 0;
            if (!has_end)
                options_[code] = text_at(at + 4, length);
            at += 4 + padded(length);
        }
        require(at == bytes.size() - 4);
    }

    [[nodiscard]] std::uint32_t type() const { return number32(0); }
    // Returns a fixed field, at this offset after the block's length.
    [[nodiscard]] std::uint32_t field(std::size_t at) const { return number32(8 + at); }
    [[nodiscard]] std::uint64_t time_ns(std::size_t at) const
    {
        return std::uint64_t{field(at)} << 32U | field(at + 4);
    }

    // Returns the packet in a packet block.
    [[nodiscard]] FileBytes content() const
    {
        const std::span<const std::byte> content = std::span(bytes_).subspan(28, field(12));
        return {content.begin(), content.end()};
    }

    [[nodiscard]] bool has_option(std::uint16_t code) const { return options_.contains(code); }
    // Returns an option; "" if the block has no such option.
    [[nodiscard]] std::string option(std::uint16_t code) const
    {
        return has_option(code) ? options_.at(code) : "";
    }
    // Returns the number in an option; 0 if the block has no such option.
    [[nodiscard]] std::uint64_t number_option(std::uint16_t code) const
    {
        std::uint64_t number = 0;
        const std::string value = option(code);
        require(value.size() <= sizeof number);
        // On a little-endian machine, these are the low bytes of the number.
        std::memcpy(&number, value.data(), value.size());
        if (std::endian::native == std::endian::big)
            number >>= 8 * (sizeof number - value.size());
        return number;
    }

private:
    static void require(bool is_so)
    {
        if (!is_so)
            throw std::runtime_error("the pcapng block is damaged");
    }
    static std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

    [[nodiscard]] std::size_t options_at() const
    {
        switch (type()) {
        case section:
            return 24;
        case interface:
            return 16;
        case statistics:
            return 20;
        default:
            require(type() == packet);
            return 28 + padded(field(12));
        }
    }

    template <typename Number>
    [[nodiscard]] Number number(std::size_t at) const
    {
        Number value = 0;
        require(at + sizeof value <= bytes_.size());
        std::memcpy(&value, bytes_.data() + at, sizeof value);
        return value;
    }
    [[nodiscard]] std::uint16_t number16(std::size_t at) const { return number<std::uint16_t>(at); }
    [[nodiscard]] std::uint32_t number32(std::size_t at) const { return number<std::uint32_t>(at); }

    [[nodiscard]] std::string text_at(std::size_t at, std::size_t length) const
    {
        require(at + padded(length) <= bytes_.size());
        return {reinterpret_cast<const char*>(bytes_.data()) + at, length};
    }

    FileBytes bytes_;
    std::map<std::uint16_t, std::string> options_;
};

// Returns the blocks of a file. Throws if it does not consist of complete blocks.
inline std::vector<PcapngBlock> pcapng_blocks(std::span<const std::byte> file)
{
    std::vector<PcapngBlock> blocks;
    while (!file.empty()) {
        std::uint32_t length = 0;
        if (file.size() >= 12)
            std::memcpy(&length, file.data() + 4, sizeof length);
        if (length < 12 || length % 4 != 0 || length > file.size())
            throw std::runtime_error("the pcapng file ends within a block");
        blocks.emplace_back(file.first(length));
        file = file.subspan(length);
    }
    return blocks;
}

// Returns the types of the blocks as letters: S section, I interface, P packet, C counters.
inline std::string types_of(const std::vector<PcapngBlock>& blocks)
{
    std::string types;
    for (const PcapngBlock& block : blocks)
        types += block.type() == PcapngBlock::section      ? 'S'
                 : block.type() == PcapngBlock::interface  ? 'I'
                 : block.type() == PcapngBlock::statistics ? 'C'
                                                           : 'P';
    return types;
}

} // namespace support
