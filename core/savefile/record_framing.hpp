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

// Finds where the records of a pcap file or the blocks of a pcapng file end.
class RecordFraming {
public:
    // The first number of a pcap file with times in nanoseconds.
    static constexpr std::uint32_t pcap_nanoseconds = 0xa1b23c4d;

    // Takes the first head_bytes bytes of the file, or all if it is shorter. For another format the
    // framing does not matter, because libpcap refuses the file.
    static constexpr std::size_t head_bytes = 24;
    explicit RecordFraming(std::span<const char> head) noexcept;

    // Whether the file begins like one of these formats.
    [[nodiscard]] bool is_known() const noexcept { return is_known_; }

    // Whether it is a pcap file in which each record begins with a PcapRecordHeader in this
    // machine's byte order, without special features.
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }

    // For a pcap file.
    [[nodiscard]] bool is_in_nanoseconds() const noexcept { return is_in_nanoseconds_; }

    // The length of the head's first part: all of it in a pcap file, its first block in pcapng.
    [[nodiscard]] std::size_t head_extent() const noexcept { return head_extent_; }

    // The length of the record that begins there. If it is greater than the number of bytes, that
    // many bytes are needed to continue: for the whole record, or for its header. A record with an
    // invalid length ends with its header, because libpcap reads no further.
    [[nodiscard]] std::size_t extent(std::span<const char> bytes) const noexcept;

private:
    [[nodiscard]] std::uint32_t number(std::span<const char> bytes, std::size_t at) const noexcept;

    bool is_other_endian_;
    bool is_pcapng_;
    bool is_known_;
    bool is_plain_ = false;
    bool is_in_nanoseconds_ = false;
    std::uint16_t minor_version_ = 0; // of pcap; before 2.4 the two lengths can be swapped
    std::size_t header_bytes_;
    std::size_t head_extent_ = head_bytes;
};

} // namespace nflog
