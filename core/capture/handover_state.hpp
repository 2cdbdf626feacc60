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

// A group of a capture, for the process that adopts it.
struct GroupState {
    static constexpr std::uint32_t captured = 1; // the kernel was asked to bind it
    static constexpr std::uint32_t counted = 2;  // packets that wait are numbered from `expected`

    std::atomic<std::uint32_t> flags;
    // The number of the first packet that is not accounted for: not lost, and not returned by a
    // call that another one followed.
    std::atomic<std::uint32_t> expected;

    void set(std::uint32_t flag, bool is_on) noexcept
    {
        flags = is_on ? flags | flag : flags & ~flag;
    }
    [[nodiscard]] bool is(std::uint32_t flag) const noexcept { return (flags & flag) != 0; }
};

// The state that another process needs in order to go on with a capture. It is valid at every
// moment, because the process that captures can end at any moment. It lies at the beginning of
// memory that outlives that process, and another version of the library may read it: members are
// only added, and a change that an older one cannot read has another format.
struct HandoverState {
    static constexpr std::uint32_t first_format = 0x6e666c01;

    Ownership::Number owner; // Ownership's
    std::uint32_t format;    // 0: nothing was captured yet
    std::uint32_t port;      // netlink port id of the socket
    std::uint32_t socket_buffer;
    std::uint32_t snaplen;
    std::uint32_t queue_threshold;
    std::uint32_t flush_timeout_ms;
    std::uint32_t batch_size;
    std::uint32_t conntrack;
    std::uint32_t is_adaptive; // the kernel may gather in another way than these say
    // Batches that the socket had refused when all that was lost was counted; wraps.
    std::atomic<std::uint32_t> refused;
    std::atomic<std::uint32_t> tap_group;
    std::atomic<std::uint64_t> taps_at; // of their length and their record; 0: there are no taps
    std::array<GroupState, std::size_t{1} << 16U> groups; // by number

    static HandoverState& in(const SharedMemory& memory) noexcept
    {
        return memory.as<HandoverState>();
    }

    // The capture begins with these.
    void begin(std::uint32_t socket_port, std::uint32_t buffer_bytes, const GroupSettings& settings,
               bool has_adaptive_delivery) noexcept;
    [[nodiscard]] GroupSettings settings() const noexcept;
    // There is nothing that could be adopted.
    void clear() noexcept;

    // In the same memory, behind this. Both throw Error.
    void write_taps(const SharedMemory& memory, const std::string& record, std::uint16_t group);
    [[nodiscard]] std::string read_taps(const SharedMemory& memory) const;
};

static_assert(std::is_standard_layout_v<HandoverState> && sizeof(GroupState) == 8 &&
                  offsetof(HandoverState, groups) == 56,
              "processes with different versions of the library share it");

} // namespace nflog
