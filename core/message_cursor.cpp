// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_cursor.hpp"

#include "big_endian.hpp"

#include <cstddef>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <utility>

namespace nflog {

namespace {

constexpr std::uint16_t packet_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET;
constexpr std::size_t shortest_packet = NLMSG_HDRLEN + sizeof(nfgenmsg);

nlmsghdr header_at(const std::byte* at) noexcept
{
    nlmsghdr header;
    std::memcpy(&header, at, sizeof header);
    return header;
}

// The length that a message takes up, with padding, of the room that there is for it.
std::size_t extent(std::size_t length, std::size_t room) noexcept
{
    const std::size_t padded = NLMSG_ALIGN(length);
    return padded < room ? padded : room;
}

// Strict, for finding the way back: all that the kernel fixes in the header of a packet of its own.
bool is_packet(const nlmsghdr& header, std::size_t room) noexcept
{
    return header.nlmsg_type == packet_type && header.nlmsg_len > shortest_packet &&
           header.nlmsg_len <= room && header.nlmsg_flags == 0 && header.nlmsg_seq == 0 &&
           header.nlmsg_pid == 0;
}

} // namespace

MessageCursor::MessageCursor(std::span<const std::byte> batch) noexcept
    : end_(batch.data() + batch.size())
{
    seek(batch.data());
}

std::span<const std::byte> MessageCursor::next() noexcept
{
    if (packet_ == nullptr)
        return {};
    const std::byte* message = packet_;
    const std::size_t length = header_at(message).nlmsg_len;
    seek(message + extent(length, static_cast<std::size_t>(end_ - message)));
    return {message + NLMSG_HDRLEN, length - NLMSG_HDRLEN};
}

std::uint16_t MessageCursor::group() const noexcept
{
    const std::byte* at = packet_ + NLMSG_HDRLEN + offsetof(nfgenmsg, res_id);
    return be16(reinterpret_cast<const std::uint8_t*>(at));
}

std::uint32_t MessageCursor::take_fragments() noexcept
{
    return std::exchange(fragments_, 0);
}

void MessageCursor::seek(const std::byte* from) noexcept
{
    while (from < end_) {
        const auto room = static_cast<std::size_t>(end_ - from);
        if (room >= NLMSG_HDRLEN) {
            const nlmsghdr header = header_at(from);
            const bool fits = header.nlmsg_len >= NLMSG_HDRLEN && header.nlmsg_len <= room;
            if (fits && header.nlmsg_type == packet_type && header.nlmsg_len > shortest_packet) {
                packet_ = from;
                return;
            }
            if (fits && (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_NOOP)) {
                from += extent(header.nlmsg_len, room);
                continue;
            }
        }
        ++fragments_;
        from = resynchronise(from);
    }
    packet_ = nullptr;
}

const std::byte* MessageCursor::resynchronise(const std::byte* from) const noexcept
{
    const auto room = static_cast<std::size_t>(end_ - from);
    for (std::size_t skip = NLMSG_ALIGNTO; skip + shortest_packet < room; skip += NLMSG_ALIGNTO) {
        if (is_packet(header_at(from + skip), room - skip))
            return from + skip;
    }
    return end_;
}

} // namespace nflog
