// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <span>

namespace nflog {

// Walks once through the messages of a batch. A batch contains packets of one group. If it contains
// several, a final NLMSG_DONE follows. If the kernel runs out of room in the middle of a packet, it
// leaves a fragment in the batch. The cursor skips it and finds the next packet.
class MessageCursor {
public:
    // The type in the netlink header of a packet's message.
    static constexpr std::uint16_t packet_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET;

    MessageCursor() = default;
    explicit MessageCursor(std::span<const std::byte> batch) noexcept
        : end_(batch.data() + batch.size())
    {
        seek(batch.data());
    }

    // Returns a packet's message without its netlink header: struct nfgenmsg, then attributes.
    // Returns an empty span at the end of the batch.
    std::span<const std::byte> next() noexcept
    {
        if (packet_ == nullptr)
            return {};
        const std::span message(packet_ + NLMSG_HDRLEN, length_ - NLMSG_HDRLEN);
        seek(packet_ + extent(length_, static_cast<std::size_t>(end_ - packet_)));
        return message;
    }

    // Whether next() will return another packet.
    [[nodiscard]] bool more() const noexcept { return packet_ != nullptr; }

    // The group of the packet that next() will return. All packets of the batch have this group.
    [[nodiscard]] std::uint16_t group() const noexcept;

    // Returns the number of fragments that were skipped since the last call.
    std::uint32_t take_fragments() noexcept;

private:
    static constexpr std::size_t shortest_packet = NLMSG_HDRLEN + sizeof(nfgenmsg);

    static nlmsghdr header_at(const std::byte* at) noexcept
    {
        nlmsghdr header;
        std::memcpy(&header, at, sizeof header);
        return header;
    }

    // The number of bytes that a message occupies with its padding, but at most `room`.
    static std::size_t extent(std::size_t length, std::size_t room) noexcept
    {
        return std::min(NLMSG_ALIGN(length), room);
    }

    static bool is_packet(const nlmsghdr& header, std::size_t room) noexcept
    {
        return header.nlmsg_type == packet_type && header.nlmsg_len > shortest_packet &&
               header.nlmsg_len <= room;
    }

    // Finds the next packet, which usually begins at `from`.
    void seek(const std::byte* from) noexcept
    {
        const auto room = static_cast<std::size_t>(end_ - from);
        if (room > shortest_packet) {
            const nlmsghdr header = header_at(from);
            if (is_packet(header, room)) {
                packet_ = from;
                length_ = header.nlmsg_len;
                return;
            }
        }
        if (room == 0)
            packet_ = nullptr;
        else
            search(from);
    }
    void search(const std::byte* from) noexcept;
    const std::byte* resynchronise(const std::byte* from) const noexcept;

    const std::byte* packet_ = nullptr; // header of the packet that next() will return
    const std::byte* end_ = nullptr;
    std::uint32_t length_ = 0; // of that packet, with its header
    std::uint32_t fragments_ = 0;
};

} // namespace nflog
