// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_framing.hpp"

#include "savefile_record.hpp"

#include <algorithm>
#include <cstring>

namespace nflog {

namespace {

// The first number of a file; with the other byte order, its bytes are swapped.
constexpr std::uint32_t pcap = 0xa1b2c3d4;
constexpr std::uint32_t pcap_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t pcap_patched = 0xa1b2cd34; // with longer record headers
constexpr std::uint32_t pcapng = 0x0a0d0d0a;       // in either byte order
constexpr std::uint32_t pcapng_byte_order = 0x1a2b3c4d;

std::uint32_t native_number(std::span<const char> bytes, std::size_t at) noexcept
{
    std::uint32_t number = 0;
    if (at + sizeof number <= bytes.size())
        std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

} // namespace

RecordFraming::RecordFraming(std::span<const char> head) noexcept
    : is_pcapng_(native_number(head, 0) == pcapng)
{
    const std::uint32_t first = native_number(head, 0);
    if (is_pcapng_) {
        constexpr std::size_t byte_order_at = 8;
        constexpr std::size_t block_header_bytes = 8;
        is_other_endian_ = native_number(head, byte_order_at) != pcapng_byte_order;
        header_bytes_ = block_header_bytes;
        head_extent_ = extent(head);
        return;
    }
    constexpr std::size_t version_at = 4;
    constexpr std::size_t record_header_bytes = 16;
    constexpr std::size_t patched_header_bytes = 24;
    is_other_endian_ = first != pcap && first != pcap_nanoseconds && first != pcap_patched;
    header_bytes_ = number(head, 0) == pcap_patched ? patched_header_bytes : record_header_bytes;
    std::uint16_t major = 0;
    std::uint16_t minor = 0;
    if (head.size() == head_bytes) {
        std::memcpy(&major, head.data() + version_at, sizeof major);
        std::memcpy(&minor, head.data() + version_at + sizeof major, sizeof minor);
    }
    constexpr std::uint16_t current_minor = 4;
    has_old_lengths_ = (is_other_endian_ ? __builtin_bswap16(minor) : minor) < current_minor;
}

std::size_t RecordFraming::extent(std::span<const char> bytes) const noexcept
{
    if (bytes.size() < header_bytes_)
        return header_bytes_;
    if (is_pcapng_) {
        constexpr std::size_t length_at = 4;
        constexpr std::size_t max_block_bytes = std::size_t{16} * 1024 * 1024; // of libpcap
        const std::size_t length = number(bytes, length_at);
        return length <= max_block_bytes ? std::max(length, header_bytes_) : header_bytes_;
    }
    constexpr std::size_t captured_at = 8;
    constexpr std::size_t length_at = 12;
    std::size_t captured = number(bytes, captured_at);
    if (has_old_lengths_)
        captured = std::min<std::size_t>(captured, number(bytes, length_at));
    return captured <= max_record_bytes ? header_bytes_ + captured : header_bytes_;
}

std::uint32_t RecordFraming::number(std::span<const char> bytes, std::size_t at) const noexcept
{
    const std::uint32_t native = native_number(bytes, at);
    return is_other_endian_ ? __builtin_bswap32(native) : native;
}

} // namespace nflog
