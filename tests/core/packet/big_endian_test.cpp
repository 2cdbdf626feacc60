// SPDX-License-Identifier: GPL-2.0-or-later
#include "big_endian.hpp"

#include "catch.hpp"

#include <array>

TEST_CASE("big-endian values are read at any alignment")
{
    constexpr std::array<std::uint8_t, 12> bytes = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
                                                    0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98};
    CHECK(nflog::be16(bytes.data()) == 0x0123);
    CHECK(nflog::be16(bytes.data() + 1) == 0x2345);
    CHECK(nflog::be32(bytes.data()) == 0x01234567);
    CHECK(nflog::be32(bytes.data() + 3) == 0x6789abcd);
    CHECK(nflog::be64(bytes.data()) == 0x0123456789abcdef);
    CHECK(nflog::be64(bytes.data() + 1) == 0x23456789abcdeffe);
}
