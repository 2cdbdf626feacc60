// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <linux/netfilter/nfnetlink_log.h>
#include <span>

namespace nflog {

// Where the attributes of a packet's message are, by their type: NFULA_*.
class AttributeTable {
public:
    // Walks over a message. False where an attribute is cut, too short for its type, or does not
    // hold what it must; the table is not to be used then.
    bool walk(std::span<const std::byte> message) noexcept;

    [[nodiscard]] bool has(unsigned type) const noexcept { return (types_ & bit(type)) != 0; }

    // Of an attribute that is there, the last of its type: where its value is in the message, and
    // how long that is.
    [[nodiscard]] std::uint32_t offset(unsigned type) const noexcept
    {
        return values_[type].offset;
    }
    [[nodiscard]] std::uint32_t length(unsigned type) const noexcept
    {
        return values_[type].length;
    }

    // NFLOGCAP_HAS_* of all that are there.
    [[nodiscard]] std::uint64_t present() const noexcept { return present_; }

    void set_payload_length(std::uint32_t length) noexcept
    {
        values_[NFULA_PAYLOAD].length = length;
    }

private:
    static constexpr std::size_t known_types = NFULA_L2HDR + 1;

    struct Value {
        std::uint32_t offset;
        std::uint32_t length;
    };

    static constexpr std::uint32_t bit(unsigned type) noexcept { return UINT32_C(1) << type; }

    std::uint64_t present_ = 0;
    std::uint32_t types_ = 0;               // a bit for each that is known and there
    std::array<Value, known_types> values_; // of those; it would cost a fourth more to clear all
};

} // namespace nflog
