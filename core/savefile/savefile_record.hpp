// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nflog {

struct SavefileRecord {
    std::span<const std::byte> bytes;
    std::uint64_t stamp_ns;
    int link_type;        // DLT_*, one that is_readable()
    bool is_cut;          // by a snaplen
    bool is_other_endian; // than this machine, but for what libpcap turns: the outermost attributes
};

// Link types of which messages can be made: NFLOG, and IP packets without a link-layer header.
[[nodiscard]] bool is_readable(int link_type) noexcept;

// Appends the netlink message that the kernel sent of it, of LINKTYPE_NFLOG, or else one that has
// the payload alone. Of a record that is too short for either, it is one that no parser takes.
void append_message(std::vector<std::byte>& batch, const SavefileRecord& record);

// Of such a message: its record's stamp, for which there is room in the netlink header.
[[nodiscard]] std::uint64_t stamp_ns(std::span<const std::byte> message) noexcept;

// No record that libpcap reads is longer; then, what a message of it may take up.
constexpr std::size_t max_record_bytes = 262144;
constexpr std::size_t max_message_bytes = max_record_bytes + 64;

} // namespace nflog
