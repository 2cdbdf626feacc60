// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// The kernel's header must be included before libnetfilter_log's.
#include <linux/netfilter/nfnetlink_log.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <endian.h>
#include <initializer_list>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

// Synthetic netlink batches, built as the kernel builds them.
namespace synthetic {

using Bytes = std::vector<std::byte>;

inline Bytes bytes(std::initializer_list<unsigned> values)
{
    Bytes result;
    for (const unsigned value : values)
        result.push_back(static_cast<std::byte>(value));
    return result;
}

inline Bytes text(std::string_view characters)
{
    const auto* from = reinterpret_cast<const std::byte*>(characters.data());
    return {from, from + characters.size()};
}

// A copy in a heap block of exactly its size, so that the address sanitizer detects a read beyond
// it.
inline Bytes exact_copy(std::span<const std::byte> from)
{
    return {from.begin(), from.end()};
}

// One packet's message.
class Message {
public:
    explicit Message(std::uint16_t group = 5, std::uint8_t family = NFPROTO_IPV4)
    {
        const nlmsghdr empty = {0, (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET, 0, 0, 0};
        const nfgenmsg generic = {family, NFNETLINK_V0, htobe16(group)};
        append(std::as_bytes(std::span(&empty, 1)));
        append(std::as_bytes(std::span(&generic, 1)));
    }

    Message& put(int type, std::span<const std::byte> value)
    {
        const nlattr attribute = {static_cast<std::uint16_t>(sizeof attribute + value.size()),
                                  static_cast<std::uint16_t>(type)};
        append(std::as_bytes(std::span(&attribute, 1)));
        append(value);
        return *this;
    }

    Message& put_be16(int type, std::uint16_t value)
    {
        const std::uint16_t big_endian = htobe16(value);
        return put(type, std::as_bytes(std::span(&big_endian, 1)));
    }

    Message& put_be32(int type, std::uint32_t value)
    {
        const std::uint32_t big_endian = htobe32(value);
        return put(type, std::as_bytes(std::span(&big_endian, 1)));
    }

    // Appends an attribute with this length in its header; the length may be false.
    Message& put_claiming(int type, std::uint16_t length, std::span<const std::byte> value)
    {
        const std::size_t begin = header().nlmsg_len;
        put(type, value);
        std::memcpy(room_.data() + begin, &length, sizeof length); // nla_len comes first
        return *this;
    }

    // The whole message, with its netlink header.
    [[nodiscard]] std::span<const std::byte> whole() const { return room_; }

    // The input of the parser: struct nfgenmsg, then attributes.
    [[nodiscard]] std::span<const std::byte> body() const { return whole().subspan(NLMSG_HDRLEN); }

    nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(room_.data()); }
    [[nodiscard]] const nlmsghdr& header() const
    {
        return *reinterpret_cast<const nlmsghdr*>(room_.data());
    }

private:
    // Appends bytes, and padding.
    void append(std::span<const std::byte> bytes)
    {
        const std::size_t begin = room_.size();
        room_.resize(begin + NLMSG_ALIGN(bytes.size()));
        std::ranges::copy(bytes, room_.begin() + static_cast<std::ptrdiff_t>(begin));
        header().nlmsg_len = static_cast<std::uint32_t>(room_.size());
    }

    Bytes room_; // exactly the bytes of the message
};

// The value of an attribute that contains other attributes.
inline Bytes nested(std::initializer_list<std::pair<int, Bytes>> attributes)
{
    Message inner;
    const std::size_t before = inner.body().size();
    for (const auto& [type, value] : attributes)
        inner.put(type, value);
    return exact_copy(inner.body().subspan(before));
}

// The message of the shortest packet that has a payload and a number.
inline Message numbered(std::uint32_t seq, std::uint16_t group = 5)
{
    Message message(group);
    message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, 0, 0}))
        .put_be32(NFULA_SEQ, seq)
        .put(NFULA_PAYLOAD, text("payload"));
    return message;
}

// A message with every attribute that the parser knows. Each value has different bits.
inline Message full_message()
{
    Message message(0xabcd, NFPROTO_BRIDGE);
    message.put(NFULA_PACKET_HDR, bytes({0x86, 0xdd, 3, 0}))
        .put(NFULA_PREFIX, text(std::string_view("web: \0", 6)))
        .put_be32(NFULA_IFINDEX_INDEV, 0x11121314)
        .put_be32(NFULA_IFINDEX_PHYSINDEV, 0x21222324)
        .put_be32(NFULA_IFINDEX_OUTDEV, 0x31323334)
        .put_be32(NFULA_IFINDEX_PHYSOUTDEV, 0x41424344)
        .put_be32(NFULA_MARK, 0x51525354)
        .put(NFULA_HWADDR, bytes({0, 6, 0, 0, 2, 4, 6, 8, 10, 12, 0, 0}))
        .put_be16(NFULA_HWTYPE, 772)
        .put_be16(NFULA_HWLEN, 14)
        .put(NFULA_HWHEADER, text("the-hw-header!"))
        .put(NFULA_TIMESTAMP, bytes({0, 0, 0, 0, 0x65, 0x43, 0x21, 0x01, //
                                     0, 0, 0, 0, 0, 0x0f, 0x42, 0x3f}))
        .put_be32(NFULA_UID, 1000)
        .put_be32(NFULA_GID, 0xfffffffe)
        .put_be32(NFULA_SEQ, 0x61626364)
        .put_be32(NFULA_SEQ_GLOBAL, 0x71727374)
        .put(NFULA_CT, text("conntrack"))
        .put_be32(NFULA_CT_INFO, 2)
        .put(NFULA_VLAN, nested({{NFULA_VLAN_TCI, bytes({0x60, 0x2a})},
                                 {NFULA_VLAN_PROTO, bytes({0x88, 0xa8})}}))
        .put(NFULA_L2HDR, text("the-l2-header!"))
        .put(NFULA_PAYLOAD, text("some payload"));
    return message;
}

// The content of one datagram of the kernel.
class Batch {
public:
    Batch& add(const Message& message) { return add(message.whole()); }

    Batch& add(std::span<const std::byte> raw)
    {
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
        return *this;
    }

    // Appends the NLMSG_DONE at the end of a batch of several packets. The kernel puts an nfgenmsg
    // into it instead of an errno.
    Batch& done(std::uint16_t group = 5)
    {
        Message message(group, AF_UNSPEC);
        message.header().nlmsg_type = NLMSG_DONE;
        return add(message);
    }

    // Appends the fragment of a packet for which the kernel had too little room. The kernel writes
    // a message's length last, so a fragment still has the length of the headers alone.
    Batch& fragment_of(const Message& message, std::size_t written)
    {
        const std::size_t begin = bytes_.size();
        add(message.whole().first(written));
        return claim_length(begin, NLMSG_HDRLEN + sizeof(nfgenmsg));
    }

    // Sets the length in the header of the message that begins at `begin`; the length may be false.
    Batch& claim_length(std::size_t begin, std::uint32_t length)
    {
        std::memcpy(bytes_.data() + begin, &length, sizeof length);
        return *this;
    }

    [[nodiscard]] std::span<const std::byte> span() const { return bytes_; }

private:
    Bytes bytes_;
};

} // namespace synthetic
