// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"
#include "ownership.hpp"
#include "shared_memory.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace nflog {

// The state of a group, for the process that adopts the capture.
struct GroupState {
    static constexpr std::uint32_t captured = 1; // the kernel was asked to bind the group
    // The numbers of waiting packets begin with `expected`
    static constexpr std::uint32_t counted = 2;

    std::atomic<std::uint32_t> flags;
    // The number of the first packet that is not accounted for. A packet is accounted for if it is
    // lost, or if a call returned it and the program has made another call since.
    std::atomic<std::uint32_t> expected;

    void set(std::uint32_t flag, bool is_on) noexcept
    {
        flags = is_on ? flags | flag : flags & ~flag;
    }
    [[nodiscard]] bool is(std::uint32_t flag) const noexcept { return (flags & flag) != 0; }
};

// The state that another process needs to continue a capture. It is always valid, because the
// process that captures can end at any moment. It is at the beginning of memory that remains after
// that process has ended. Another version of the library may read it. Therefore members are only
// appended, and a change that older versions cannot read gets another format number.
struct HandoverState {
    static constexpr std::uint32_t first_format = 0x6e666c01;

    Ownership::Number owner; // used by Ownership
    std::uint32_t format;    // 0: no capture was started yet
    std::uint32_t port;      // netlink port id of the socket
    std::uint32_t socket_buffer;
    std::uint32_t snaplen;
    std::uint32_t queue_threshold;
    std::uint32_t flush_timeout_ms;
    std::uint32_t batch_size;
    std::uint32_t conntrack;
    std::uint32_t is_adaptive; // the kernel's present settings may differ from these
    // The number of batches that the socket had dropped when all losses were last counted. It wraps
    // around.
    std::atomic<std::uint32_t> refused;
    std::atomic<std::uint32_t> tap_group;
    // Offset of the record of the taps, which begins with its length; 0: no taps
    std::atomic<std::uint64_t> taps_at;
    std::array<GroupState, std::size_t{1} << 16U> groups; // by number

    static HandoverState& in(const SharedMemory& memory) noexcept
    {
        return memory.as<HandoverState>();
    }

    // Stores the capture's first settings.
    void begin(std::uint32_t socket_port, std::uint32_t buffer_bytes, const GroupSettings& settings,
               bool has_adaptive_delivery) noexcept;
    [[nodiscard]] GroupSettings settings() const noexcept;
    // After this, no process can adopt the capture.
    void clear() noexcept;

    // The record of the taps. It is in the same memory, after this struct. Both functions throw
    // Error.
    void write_taps(const SharedMemory& memory, const std::string& record, std::uint16_t group);
    [[nodiscard]] std::string read_taps(const SharedMemory& memory) const;
};

constexpr std::size_t groups_offset = 56;
static_assert(std::is_standard_layout_v<HandoverState> && sizeof(GroupState) == 8 &&
                  offsetof(HandoverState, groups) == groups_offset,
              "processes with different versions of the library share it");

} // namespace nflog
