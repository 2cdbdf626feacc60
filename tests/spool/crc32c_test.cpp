// SPDX-License-Identifier: GPL-2.0-or-later
#include "crc32c.hpp"

#include "catch.hpp"

#include <string>

using spool::crc32c;

TEST_CASE("the checksums of RFC 3720, B.4")
{
    std::string rising;
    for (char byte = 0; byte < 32; ++byte)
        rising += byte;
    CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
    CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
    CHECK(crc32c(rising) == 0x46dd794e);
    CHECK(crc32c(std::string(rising.rbegin(), rising.rend())) == 0x113fdb5c);
    CHECK(crc32c("123456789") == 0xe3069283);
    CHECK(crc32c("") == 0);
}
