// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_layout.hpp"

#include "attributes.hpp"

#include <algorithm>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <utility>

namespace nflog {

namespace {

// Marks the bytes of a message that are the same in all messages of its layout: those that decide
// what a walk finds, and whether it finds it sound.
class Mask {
public:
    explicit Mask(const std::uint8_t* message) noexcept : message_(message) {}

    // False where certain bytes do not decide it.
    bool mark(std::uint16_t type, const std::uint8_t* value, std::uint32_t length) noexcept
    {
        mark_header(value);
        bool decided = is_first(type);
        if (type == NFULA_PREFIX) { // has to end
            mark_bytes(value + length - 1, 1);
            decided = decided && value[length - 1] == '\0';
        } else if (type == NFULA_HWADDR) { // has to be as long as it says
            mark_bytes(value, sizeof(std::uint16_t));
        } else if (type == NFULA_VLAN) { // has attributes of its own
            each_attribute(value, length,
                           [&](std::uint16_t, const std::uint8_t* inner, std::uint32_t) {
                               mark_header(inner);
                               return true;
                           });
        }
        return decided;
    }

    // A payload at the end may have another length.
    bool mark_end(const std::uint8_t* value) noexcept
    {
        mark_bytes(value - sizeof(std::uint16_t), sizeof(std::uint16_t));
        return is_first(NFULA_PAYLOAD);
    }

    [[nodiscard]] const std::uint8_t* at(std::size_t offset) const noexcept
    {
        return &marks_[offset];
    }

private:
    // Of an attribute that comes twice a table has the last only.
    bool is_first(std::uint16_t type) noexcept
    {
        return type >= types_.size() || !std::exchange(types_[type], true);
    }

    void mark_header(const std::uint8_t* value) noexcept
    {
        mark_bytes(value - sizeof(nlattr), sizeof(nlattr));
    }

    void mark_bytes(const std::uint8_t* from, std::size_t n) noexcept
    {
        std::fill_n(&marks_[static_cast<std::size_t>(from - message_)], n, UINT8_MAX);
    }

    const std::uint8_t* message_;
    std::array<bool, NFULA_L2HDR + 1> types_{}; // that were marked
    std::array<std::uint8_t, PacketLayout::most_bytes> marks_{};
};

} // namespace

void PacketLayout::learn(std::span<const std::byte> message, const AttributeTable& table) noexcept
{
    const auto* begin = reinterpret_cast<const std::uint8_t*>(message.data());
    const std::size_t payload = table.has(NFULA_PAYLOAD) ? table.offset(NFULA_PAYLOAD) : 0;
    const bool ends_with_payload =
        payload != 0 && payload + attribute_extent(table.length(NFULA_PAYLOAD)) >= message.size();
    const std::size_t bytes = ends_with_payload ? payload : message.size();
    if (bytes < chunk_bytes || bytes > most_bytes)
        return;
    Mask mask(begin);
    const bool told =
        each_attribute(begin + sizeof(nfgenmsg), message.size() - sizeof(nfgenmsg),
                       [&](std::uint16_t type, const std::uint8_t* value, std::uint32_t length) {
                           return type == NFULA_PAYLOAD && ends_with_payload
                                      ? mask.mark_end(value)
                                      : mask.mark(type, value, length);
                       });
    if (!told)
        return;
    table_ = table;
    bytes_ = bytes;
    ends_with_payload_ = ends_with_payload;
    const auto chunk_at = [&](std::size_t i) {
        return Chunk{{bits_at(begin + i), bits_at(begin + i + sizeof(Bits))},
                     {bits_at(mask.at(i)), bits_at(mask.at(i + sizeof(Bits)))}};
    };
    const std::size_t last = bytes - chunk_bytes;
    Chunk* chunk = chunks_.data();
    *chunk = chunk_at(last);
    for (std::size_t i = 0; i < last; i += chunk_bytes)
        *++chunk = chunk_at(i);
}

// The message's layout is not that of the one before. Where there are more layouts than there is
// room for, it would be in vain to learn each again and again, and even to compare each: what that
// costs has to be less than what it saves, which is about three times as much.
const AttributeTable* RecentLayouts::search(std::span<const std::byte> message) noexcept
{
    constexpr unsigned misses_a_lesson = 256;
    constexpr unsigned most_patience = 8;
    constexpr unsigned worth = 3;
    const bool lesson = misses_ % misses_a_lesson == 0;
    if (patience_ > 0 || lesson) {
        for (PacketLayout& layout : layouts_) {
            if (&layout != last_ && layout.fits(message)) {
                last_ = &layout;
                patience_ = std::min(patience_ + worth, most_patience);
                return &layout.table();
            }
        }
        patience_ -= patience_ > 0 ? 1 : 0;
    }
    if (!walked_.walk(message))
        return nullptr;
    ++misses_;
    if (lesson) {
        last_ = &layouts_[oldest_];
        oldest_ = (oldest_ + 1) % layouts_.size();
        last_->learn(message, walked_);
        patience_ = most_patience;
    }
    return &walked_;
}

} // namespace nflog
