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
    int link_type;        // DLT_*, one that is_readable()
    bool is_cut;          // by a snaplen
    bool is_other_endian; // its byte order; libpcap swaps the outermost attributes' headers
};

// Link types of which messages can be made: NFLOG, IP packets without a link-layer header, and
// Ethernet frames.
[[nodiscard]] bool is_readable(int link_type) noexcept;

// Appends the netlink message that the record holds (LINKTYPE_NFLOG), or one with the IP packet or
// the frame that the record is. If the record is too short for that, the message is one that the
// parser rejects.
void append_message(std::vector<std::byte>& batch, const SavefileRecord& record);

// The message of a packet (struct nfgenmsg, then attributes) that a record of LINKTYPE_NFLOG is, as
// it stands in a file: it may be cut by a snaplen and of either byte order.
[[nodiscard]] std::vector<std::byte> message_of_record(std::span<const std::byte> record);

// The netlink header of a packet's message of so many bytes, this header included. It keeps the
// time of the record.
[[nodiscard]] nlmsghdr header_of_message(std::size_t bytes, std::uint64_t stamp_ns) noexcept;

// Makes the payload's attribute as long as what is left of it, where a snaplen cut it.
void repair_cut(std::span<std::byte> attributes) noexcept;

// The time of the record that such a message was made of.
[[nodiscard]] std::uint64_t stamp_ns(std::span<const std::byte> message) noexcept;

// The longest record that libpcap reads, and the longest message that is made of one.
constexpr std::size_t max_record_bytes = 262144;
constexpr std::size_t max_message_bytes = max_record_bytes + 64;

} // namespace nflog
