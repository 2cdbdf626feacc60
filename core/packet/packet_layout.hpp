// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "attribute_table.hpp"
#include "attributes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace nflog {

// Which attributes a packet's message has, and of which lengths. A walk over them has to wait for
// each one's length before it can look at the next. But most packets of a rule differ in the length
// of the payload alone, which comes last: whether a message has a layout that is known is seen from
// all of its attributes' headers at once, and then so is where they are.
class PacketLayout {
public:
    static constexpr std::size_t most_bytes = 512; // before the payload; with conntrack some 350

    // Learns the layout of a sound message, whose table that is. Where it is not one that fits()
    // could know again, this one stays what it was.
    void learn(std::span<const std::byte> message, const AttributeTable& table) noexcept;

    // Whether a message has this layout: then a walk over it would succeed, and make the table().
    // False says nothing about the message. Inline, since a good part of a packet's cost is here.
    bool fits(std::span<const std::byte> message) noexcept
    {
        const auto* begin = reinterpret_cast<const std::uint8_t*>(message.data());
        if (message.size() < bytes_ || !fits_end(begin, message.size()))
            return false;
        // The last chunk stands first: it may overlap the one before, so as not to reach further.
        const Chunk* chunk = chunks_.data();
        const std::uint8_t* last = begin + bytes_ - chunk_bytes;
        Bits difference = chunk->difference(last);
        for (const std::uint8_t* at = begin; at < last; at += chunk_bytes)
            difference |= (++chunk)->difference(at);
        return (difference[0] | difference[1]) == 0;
    }

    // Of the message that fits() was asked about last, if it does.
    [[nodiscard]] const AttributeTable& table() const noexcept { return table_; }

private:
    using Bits [[gnu::vector_size(16)]] = std::uint64_t; // as any processor has registers for

    // Of the bits that are fixed in a layout, those that differ from what was learned.
    struct Chunk {
        std::array<Bits, 2> learned;
        std::array<Bits, 2> fixed;

        [[nodiscard]] Bits difference(const std::uint8_t* at) const noexcept
        {
            return ((bits_at(at) ^ learned[0]) & fixed[0]) |
                   ((bits_at(at + sizeof(Bits)) ^ learned[1]) & fixed[1]);
        }
    };
    static constexpr std::size_t chunk_bytes = 2 * sizeof(Bits);

    static Bits bits_at(const std::uint8_t* at) noexcept
    {
        Bits bits;
        std::memcpy(&bits, at, sizeof bits);
        return bits;
    }

    // Whether the message ends where it has to. Looked at first, since it tells most layouts apart.
    bool fits_end(const std::uint8_t* message, std::size_t message_length) noexcept
    {
        if (!ends_with_payload_)
            return message_length == bytes_;
        const std::size_t begin = bytes_ - sizeof(nlattr);
        const std::size_t room = message_length - begin;
        const std::uint16_t length = attribute_at(message + begin).nla_len;
        table_.set_payload_length(length - std::uint32_t{sizeof(nlattr)});
        return length >= sizeof(nlattr) && length <= room && attribute_extent(length) >= room;
    }

    AttributeTable table_;
    std::size_t bytes_ = SIZE_MAX; // to compare: up to a payload's value, or all; at first none fit
    bool ends_with_payload_ = false;
    std::array<Chunk, most_bytes / chunk_bytes + 1> chunks_{};
};

// The layouts that the last packets had: those of a group's rules, as far as there is room.
class RecentLayouts {
public:
    RecentLayouts() = default;
    ~RecentLayouts() = default;
    RecentLayouts(const RecentLayouts&) = delete; // last_ points into it
    RecentLayouts(RecentLayouts&&) = delete;
    RecentLayouts& operator=(const RecentLayouts&) = delete;
    RecentLayouts& operator=(RecentLayouts&&) = delete;

    // A message's attributes, until the next call; nullptr where it is not sound.
    const AttributeTable* find(std::span<const std::byte> message) noexcept
    {
        return last_->fits(message) ? &last_->table() : search(message);
    }

private:
    [[gnu::cold]] const AttributeTable* search(std::span<const std::byte> message) noexcept;

    std::array<PacketLayout, 4> layouts_;
    PacketLayout* last_ = layouts_.data(); // that was found
    std::size_t oldest_ = 0;               // gives way to the next that is learned
    unsigned misses_ = 0;
    unsigned patience_ = 0; // with those that are not the last
    AttributeTable walked_; // of a message that has none of them
};

} // namespace nflog
