// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/netlink.h>
#include <span>

// How the targets, and the mutator, see an input: as netlink messages in a row, as in a datagram.
namespace fuzz {

// No netlink message has this type: it ends a datagram. Before the next one the socket's queue is
// looked at, which then holds nlmsg_pid bytes and has refused nlmsg_seq datagrams.
constexpr std::uint16_t queue_type = 0x7eee;

// No packet has this attribute: its value selects the filter expression for the packet.
constexpr std::uint16_t expression_attribute = 200;

inline nlmsghdr header_of(std::span<const std::byte> message) noexcept
{
    nlmsghdr header{};
    std::memcpy(&header, message.data(), std::min(sizeof header, message.size()));
    return header;
}

// Calls visit(message) with each, header included. No length makes it stop: one that cannot be is
// taken for the least or the most that can, since an input is there to be broken.
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

// What the parser takes of a message: what is behind its header.
inline std::span<const std::byte> body_of(std::span<const std::byte> message) noexcept
{
    return message.subspan(std::min<std::size_t>(NLMSG_HDRLEN, message.size()));
}

} // namespace fuzz
