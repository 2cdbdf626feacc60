// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "attributes.hpp"
#include "big_endian.hpp"

#include <cstddef>
#include <cstdint>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <optional>
#include <span>

namespace nflog {

// Converts the value of NFULA_TIMESTAMP (struct nfulnl_msg_packet_timestamp) to nanoseconds since
// the epoch.
inline std::uint64_t kernel_time_ns(const std::uint8_t* value) noexcept
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    constexpr std::uint64_t ns_per_microsecond = 1'000;
    return be64(value) * ns_per_second +
           be64(value + offsetof(nfulnl_msg_packet_timestamp, usec)) * ns_per_microsecond;
}

// Whether the packet was logged at a hook after forward. The kernel sets no timestamps there. A
// message begins with its hook, so this check is much faster than a search for the timestamp.
inline bool is_behind_forward(std::span<const std::byte> message) noexcept
{
    constexpr std::size_t header_at = sizeof(nfgenmsg);
    constexpr std::size_t hook_at =
        header_at + sizeof(nlattr) + offsetof(nfulnl_msg_packet_hdr, hook);
    if (message.size() <= hook_at)
        return false;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
    return attribute_at(bytes + header_at).nla_type == NFULA_PACKET_HDR &&
           bytes[hook_at] > NF_INET_FORWARD;
}

// The kernel's timestamp of the packet in a message.
inline std::optional<std::uint64_t> find_kernel_time(std::span<const std::byte> message) noexcept
{
    if (is_behind_forward(message))
        return std::nullopt;
    const auto value = find_attribute(message, NFULA_TIMESTAMP);
    if (value.size() < sizeof(nfulnl_msg_packet_timestamp))
        return std::nullopt;
    return kernel_time_ns(reinterpret_cast<const std::uint8_t*>(value.data()));
}

} // namespace nflog
