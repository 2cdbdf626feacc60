// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/netlink.h>
#include <span>

// The fuzz targets and the mutator read an input as consecutive netlink messages, as in a datagram.
namespace fuzz {

// No real netlink message has this type. In an input, it ends a datagram, and the target checks the
// socket's queue before the next one. The queue then has nlmsg_pid bytes, and nlmsg_seq datagrams
// were dropped.
constexpr std::uint16_t queue_type = 0x7eee;

// The kernel does not send this attribute. In an input, its value selects the filter expression for
// the packet.
constexpr std::uint16_t expression_attribute = 200;

inline nlmsghdr header_of(std::span<const std::byte> message) noexcept
{
    nlmsghdr header{};
    std::memcpy(&header, message.data(), std::min(sizeof header, message.size()));
    return header;
}

// Calls visit(message) with each message, including its header. If the length of a message is
// impossible, the minimum or the maximum is used instead, because invalid inputs shall be read to
// their end.
template <typename Visit>
void each_message(std::span<const std::byte> input, Visit visit)
{
    constexpr std::size_t least = NLMSG_HDRLEN;
    while (!input.empty()) {
        const std::size_t length = std::min<std::size_t>(
            std::max<std::size_t>(header_of(input).nlmsg_len, least), input.size());
        visit(input.first(length));
        input = input.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), input.size()));
    }
}

// Returns the part of a message that the parser reads: the data after its header.
inline std::span<const std::byte> body_of(std::span<const std::byte> message) noexcept
{
    return message.subspan(std::min<std::size_t>(NLMSG_HDRLEN, message.size()));
}

} // namespace fuzz
