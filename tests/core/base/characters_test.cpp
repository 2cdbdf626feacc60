// SPDX-License-Identifier: GPL-2.0-or-later
#include "characters.hpp"

#include "catch.hpp"

#include <string>

using nflog::escaped;
using nflog::first_character;

TEST_CASE("characters of one to four bytes are read")
{
    CHECK(first_character("a").code == U'a');
    CHECK(first_character("é").code == U'é');
    CHECK(first_character("€").code == U'€');
    CHECK(first_character("😀").code == U'😀');
    CHECK(first_character("😀").length == 4);
    CHECK(first_character("😀").is_printable);
}

TEST_CASE("bytes that are not UTF-8 are not a character")
{
    for (const std::string_view text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe2\x82",
          "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5", "\xff"}) {
        CAPTURE(escaped(text));
        CHECK(first_character(text).length == 0);
        CHECK_FALSE(first_character(text).is_printable);
    }
}

TEST_CASE("control characters are not printable")
{
    for (const std::string_view text : {"\x01", "\x1b", "\x7f", "\u0080", "\u009f", "\u061c",
                                        "\u200e", "\u2028", "\u202e", "\u2066", "\u2069"}) {
        CAPTURE(escaped(text));
        CHECK(first_character(text).length == text.size());
        CHECK_FALSE(first_character(text).is_printable);
    }
    for (const std::string_view text : {" ", "~", "\u00a0", "\u200d", "\u202f", "\u206a"})
        CHECK(first_character(text).is_printable);
}

TEST_CASE("an escaped text has printable characters only")
{
    CHECK(escaped("a\\ \x1b[31m é\xff\u202e") == "a\\ \\x1b[31m é\\xff\\xe2\\x80\\xae");
    CHECK(escaped("").empty());
}

TEST_CASE("an escaped text is not escaped again")
{
    const std::string once = escaped("\x1b\\\xff");
    CHECK(escaped(once) == once);
}
