// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace nflog {

// The header before each packet in a pcap file, in the byte order of the machine that wrote it.
struct PcapRecordHeader {
    std::uint32_t seconds;
    std::uint32_t fraction; // micro- or nanoseconds
    std::uint32_t captured;
    std::uint32_t length;
};

// Finds the ends of the records in a pcap file, or of the blocks in a pcapng file.
class RecordFraming {
public:
    // The first number of a pcap file with times in nanoseconds.
    static constexpr std::uint32_t pcap_nanoseconds = 0xa1b23c4d;

    // `head`: the first head_bytes bytes of the file, or the whole file if it is shorter. If the
    // file has another format, the result does not matter, because libpcap refuses the file.
    static constexpr std::size_t head_bytes = 24;
    explicit RecordFraming(std::span<const char> head) noexcept;

    // Whether the file begins like a pcap or pcapng file.
    [[nodiscard]] bool is_known() const noexcept { return is_known_; }

    // Whether the file is a pcap file without special features, in which each record begins with a
    // PcapRecordHeader in this machine's byte order.
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }

    // Whether times are in nanoseconds. Only for a pcap file.
    [[nodiscard]] bool is_in_nanoseconds() const noexcept { return is_in_nanoseconds_; }

    // The length of the first part of the file's head: the whole head in pcap, the first block in
    // pcapng.
    [[nodiscard]] std::size_t head_extent() const noexcept { return head_extent_; }

    // Returns the length of the record at the start of `bytes`. If the result is greater than
    // bytes.size(), the record or its header is incomplete, and the caller needs at least that many
    // bytes. For a record with an invalid length, returns the length of its header, because libpcap
    // reads no further.
    [[nodiscard]] std::size_t extent(std::span<const char> bytes) const noexcept;

private:
    [[nodiscard]] std::uint32_t number(std::span<const char> bytes, std::size_t at) const noexcept;

    bool is_other_endian_;
    bool is_pcapng_;
    bool is_known_;
    bool is_plain_ = false;
    bool is_in_nanoseconds_ = false;
    // Of pcap; before version 2.4, a record's two lengths can be swapped
    std::uint16_t minor_version_ = 0;
    std::size_t header_bytes_;
    std::size_t head_extent_ = head_bytes;
};

} // namespace nflog
