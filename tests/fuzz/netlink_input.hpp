// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/netlink.h>
#include <span>

// How the targets and the mutator read an input: as consecutive netlink messages, as in a datagram.
namespace fuzz {

// No netlink message has this type: it ends a datagram. Before the next datagram the socket's queue
// is checked; it then holds nlmsg_pid bytes and has dropped nlmsg_seq datagrams.
constexpr std::uint16_t queue_type = 0x7eee;

// The kernel does not send this attribute. In an input its value selects the filter expression for
// the packet.
constexpr std::uint16_t expression_attribute = 200;

inline nlmsghdr header_of(std::span<const std::byte> message) noexcept
{
    nlmsghdr header{};
    std::memcpy(&header, message.data(), std::min(sizeof header, message.size()));
    return header;
}

// Calls visit(message) with each message, header included. No length stops it: an impossible length
// is replaced by the minimum or the maximum, because inputs are meant to be invalid.
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

// The part of a message that the parser reads: the data after its header.
inline std::span<const std::byte> body_of(std::span<const std::byte> message) noexcept
{
    return message.subspan(std::min<std::size_t>(NLMSG_HDRLEN, message.size()));
}

} // namespace fuzz
