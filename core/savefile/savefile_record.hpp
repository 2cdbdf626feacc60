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
    bool is_cut;          // a snaplen cut the record
    bool is_other_endian; // libpcap has swapped the outermost attributes' headers
};

// Whether records of this link type can be converted to messages. These are NFLOG, IP packets
// without a link-layer header, and Ethernet frames.
[[nodiscard]] bool is_readable(int link_type) noexcept;

// Appends a netlink message to the batch: the record's own message (LINKTYPE_NFLOG), or a message
// that contains the record's IP packet or frame. If the record is too short, the parser will reject
// the message.
void append_message(std::vector<std::byte>& batch, const SavefileRecord& record);

// Returns the packet's message (struct nfgenmsg, then attributes) from a record of LINKTYPE_NFLOG
// in a file. A snaplen may have cut the record, and it may have either byte order.
[[nodiscard]] std::vector<std::byte> message_of_record(std::span<const std::byte> record);

// Makes the netlink header for a packet's message. `bytes`: the length of the message with this
// header. The header contains the time of the record.
[[nodiscard]] nlmsghdr header_of_message(std::size_t bytes, std::uint64_t stamp_ns) noexcept;

// If a snaplen cut the payload, sets the length in its attribute to the length of the remaining
// part.
void repair_cut(std::span<std::byte> attributes) noexcept;

// Returns the time that header_of_message() stored in a message.
[[nodiscard]] std::uint64_t stamp_ns(std::span<const std::byte> message) noexcept;

// The length of the longest record that libpcap reads, and of the longest message made from one.
constexpr std::size_t max_record_bytes = 262144;
constexpr std::size_t max_message_bytes = max_record_bytes + 64;

} // namespace nflog
