// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_framing.hpp"

#include "catch.hpp"

#include <bit>
#include <cstring>
#include <initializer_list>
#include <vector>

using nflog::RecordFraming;

namespace {

constexpr bool is_little_endian = std::endian::native == std::endian::little;

std::vector<char> words(std::initializer_list<std::uint32_t> numbers, bool is_other_endian = false)
{
    std::vector<char> bytes;
    for (const std::uint32_t number : numbers) {
        const std::uint32_t turned = is_other_endian ? __builtin_bswap32(number) : number;
        const char* raw = reinterpret_cast<const char*>(&turned);
        bytes.insert(bytes.end(), raw, raw + sizeof turned);
    }
    return bytes;
}

RecordFraming pcap(std::uint32_t magic, bool is_other_endian = false, std::uint16_t minor = 4)
{
    const std::uint32_t major = 2;
    // The two halves are in the order of the file's bytes.
    const bool is_major_low = is_little_endian != is_other_endian;
    const std::uint32_t version =
        is_major_low ? major | static_cast<std::uint32_t>(minor) << 16 : major << 16 | minor;
    return RecordFraming(words({magic, version, 0, 0, 262144, 239}, is_other_endian));
}

RecordFraming pcapng(bool is_other_endian = false)
{
    return RecordFraming(words({0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, 0}, is_other_endian));
}

} // namespace

TEST_CASE("a pcap record has a header of 16 bytes, followed by the captured bytes")
{
    for (const std::uint32_t magic : {0xa1b2c3d4U, 0xa1b23c4dU}) {
        for (const bool other : {false, true}) {
            const RecordFraming framing = pcap(magic, other);
            CHECK(framing.head_extent() == 24);
            const std::vector<char> record = words({1, 2, 100, 200}, other);
            CHECK(framing.extent(record) == 116);
            for (std::size_t n = 0; n < record.size(); ++n)
                CHECK(framing.extent(std::span(record).first(n)) == 16);
            CHECK(framing.extent(words({1, 2, 0, 0}, other)) == 16);
            CHECK(framing.extent(words({1, 2, 262144, 262144}, other)) == 262160);
        }
    }
}

TEST_CASE("a patched pcap file has record headers of 24 bytes")
{
    for (const bool other : {false, true}) {
        const RecordFraming framing = pcap(0xa1b2cd34, other);
        CHECK(framing.extent({}) == 24);
        CHECK(framing.extent(words({1, 2, 100, 200, 3, 4}, other)) == 124);
    }
}

TEST_CASE("before pcap 2.4 the captured length can be the second one")
{
    for (const bool other : {false, true}) {
        const auto extent = [&](std::uint16_t minor, std::uint32_t first, std::uint32_t second) {
            return pcap(0xa1b2c3d4, other, minor).extent(words({1, 2, first, second}, other));
        };
        CHECK(extent(2, 200, 100) == 116);
        CHECK(extent(2, 100, 200) == 216);
        CHECK(extent(3, 200, 100) == 116);
        CHECK(extent(3, 100, 200) == 116);
        CHECK(extent(4, 200, 100) == 216);
    }
}

TEST_CASE("a pcapng block has the length in its header")
{
    for (const bool other : {false, true}) {
        const RecordFraming framing = pcapng(other);
        CHECK(framing.head_extent() == 28);
        CHECK(framing.extent({}) == 8);
        CHECK(framing.extent(words({6, 64, 0}, other)) == 64);
        CHECK(framing.extent(words({6, 0x1000000}, other)) == 0x1000000);
    }
}

TEST_CASE("a record with an invalid length ends with its header")
{
    CHECK(pcap(0xa1b2c3d4).extent(words({1, 2, 262145, 262145})) == 16);
    CHECK(pcap(0xa1b2c3d4).extent(words({1, 2, UINT32_MAX, 1})) == 16);
    for (const std::uint32_t length : {0U, 4U, 0x1000004U, UINT32_MAX})
        CHECK(pcapng().extent(words({6, length})) == 8);
}

TEST_CASE("with any head, the framing finds records that are longer than 0")
{
    for (const std::size_t length : {0U, 3U, 4U, 12U, 24U}) {
        const std::vector<char> head(length, 'x');
        const RecordFraming framing{std::span<const char>(head)};
        CHECK(framing.head_extent() > 0);
        CHECK(framing.extent(std::vector<char>(24, 'x')) > 0);
    }
}
