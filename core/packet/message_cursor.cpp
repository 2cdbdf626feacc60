// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_cursor.hpp"

#include "big_endian.hpp"

#include <cstddef>
#include <utility>

namespace nflog {

std::uint16_t MessageCursor::group() const noexcept
{
    const std::byte* at = packet_ + NLMSG_HDRLEN + offsetof(nfgenmsg, res_id);
    return be16(reinterpret_cast<const std::uint8_t*>(at));
}

std::uint32_t MessageCursor::take_fragments() noexcept
{
    return std::exchange(fragments_, 0);
}

void MessageCursor::search(const std::byte* from) noexcept
{
    while (from < end_) {
        const auto room = static_cast<std::size_t>(end_ - from);
        if (room >= NLMSG_HDRLEN) {
            const nlmsghdr header = header_at(from);
            const bool fits = header.nlmsg_len >= NLMSG_HDRLEN && header.nlmsg_len <= room;
            if (is_packet(header, room)) {
                packet_ = from;
                length_ = header.nlmsg_len;
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

// Finds the next packet after a fragment. A packet is recognised only if all constant parts of its
// header are right.
const std::byte* MessageCursor::resynchronise(const std::byte* from) const noexcept
{
    const auto room = static_cast<std::size_t>(end_ - from);
    for (std::size_t skip = NLMSG_ALIGNTO; skip + shortest_packet < room; skip += NLMSG_ALIGNTO) {
        const nlmsghdr header = header_at(from + skip);
        if (is_packet(header, room - skip) && header.nlmsg_flags == 0 && header.nlmsg_seq == 0 &&
            header.nlmsg_pid == 0)
            return from + skip;
    }
    return end_;
}

} // namespace nflog
