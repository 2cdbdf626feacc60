// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux/netlink.h>
#include <span>
#include <vector>

namespace nflog {

struct SavefileRecord {
    std::span<const std::byte> bytes;
    std::uint64_t stamp_ns;
    int link_type;        // DLT_*; is_readable() is true for it
    bool is_cut;          // by a snaplen
    bool is_other_endian; // its byte order; libpcap swaps the outermost attributes' headers
};

// Whether records of this link type can be converted to messages: NFLOG, IP packets without a
// link-layer header, and Ethernet frames.
[[nodiscard]] bool is_readable(int link_type) noexcept;

// Appends the record's netlink message (LINKTYPE_NFLOG), or a message with the record's IP packet
// or frame. If the record is too short, the parser will reject the message.
void append_message(std::vector<std::byte>& batch, const SavefileRecord& record);

// The packet's message (struct nfgenmsg, then attributes) in a record of LINKTYPE_NFLOG as a file
// contains it: it may be cut by a snaplen and in either byte order.
[[nodiscard]] std::vector<std::byte> message_of_record(std::span<const std::byte> record);

// The netlink header of a packet's message of that many bytes, including this header. It contains
// the time of the record.
[[nodiscard]] nlmsghdr header_of_message(std::size_t bytes, std::uint64_t stamp_ns) noexcept;

// If a snaplen cut the payload, sets the attribute's length to that of the rest.
void repair_cut(std::span<std::byte> attributes) noexcept;

// The time of the record from which such a message was made.
[[nodiscard]] std::uint64_t stamp_ns(std::span<const std::byte> message) noexcept;

// The longest record that libpcap reads, and the longest message made from a record.
constexpr std::size_t max_record_bytes = 262144;
constexpr std::size_t max_message_bytes = max_record_bytes + 64;

} // namespace nflog
