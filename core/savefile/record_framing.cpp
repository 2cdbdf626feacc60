// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_framing.hpp"

#include "savefile_record.hpp"

#include <algorithm>
#include <cstring>
#include <pcap/pcap.h>

namespace nflog {

namespace {

// The first number of a file. If the file was written in the other byte order, its bytes are
// swapped.
constexpr std::uint32_t pcap = 0xa1b2c3d4;
constexpr std::uint32_t pcap_patched = 0xa1b2cd34; // with longer record headers
constexpr std::uint32_t pcapng = 0x0a0d0d0a;       // the same in both byte orders
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
    : is_pcapng_(native_number(head, 0) == pcapng), is_known_(is_pcapng_)
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
    constexpr std::size_t minor_version_at = 6;
    constexpr std::size_t patched_header_bytes = 24;
    is_other_endian_ = first != pcap && first != pcap_nanoseconds && first != pcap_patched;
    const std::uint32_t magic = number(head, 0);
    is_known_ = magic == pcap || magic == pcap_nanoseconds || magic == pcap_patched;
    header_bytes_ = magic == pcap_patched ? patched_header_bytes : sizeof(PcapRecordHeader);
    if (head.size() >= minor_version_at + sizeof minor_version_)
        std::memcpy(&minor_version_, head.data() + minor_version_at, sizeof minor_version_);
    if (is_other_endian_)
        minor_version_ = __builtin_bswap16(minor_version_);
    is_in_nanoseconds_ = magic == pcap_nanoseconds;
    is_plain_ =
        (first == pcap || first == pcap_nanoseconds) && minor_version_ == PCAP_VERSION_MINOR;
}

std::size_t RecordFraming::extent(std::span<const char> bytes) const noexcept
{
    if (bytes.size() < header_bytes_)
        return header_bytes_;
    if (is_pcapng_) {
        constexpr std::size_t length_at = 4;
        constexpr std::size_t max_block_bytes = std::size_t{16} * 1024 * 1024; // libpcap's limit
        const std::size_t length = number(bytes, length_at);
        return length <= max_block_bytes ? std::max(length, header_bytes_) : header_bytes_;
    }
    constexpr std::size_t captured_at = offsetof(PcapRecordHeader, captured);
    constexpr std::size_t length_at = offsetof(PcapRecordHeader, length);
    constexpr std::uint16_t maybe_swapped = 3;
    const std::uint32_t length = number(bytes, length_at);
    std::uint32_t captured = number(bytes, captured_at);
    if (minor_version_ < maybe_swapped || (minor_version_ == maybe_swapped && captured > length))
        captured = length;
    return captured <= max_record_bytes ? header_bytes_ + captured : header_bytes_;
}

std::uint32_t RecordFraming::number(std::span<const char> bytes, std::size_t at) const noexcept
{
    const std::uint32_t native = native_number(bytes, at);
    return is_other_endian_ ? __builtin_bswap32(native) : native;
}

} // namespace nflog
