// SPDX-License-Identifier: GPL-2.0-or-later
#include "cut.hpp"

#include "catch.hpp"
#include "error.hpp"

#include <cerrno>
#include <nflogcap.h>
#include <string>

using nflog::cut_length;
using nflog::without_middle;

TEST_CASE("a cut does not split characters of UTF-8")
{
    const std::string text = "a\u00e4\u20ac\U0001f600z"; // of 1, 2, 3, 4 and 1 bytes
    const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    for (std::size_t length = 0; length <= text.size(); ++length) {
        CAPTURE(length);
        CHECK(cut_length(text, length) == expected[length]);
    }
}

TEST_CASE("bytes that are not UTF-8 can be cut anywhere")
{
    const std::string bytes(20, '\x80');
    for (std::size_t length = 0; length <= bytes.size(); ++length)
        CHECK(cut_length(bytes, length) == length);
}

TEST_CASE("a text that fits is not changed, and a longer one loses its middle")
{
    const std::string fits(100, 'x');
    CHECK(without_middle(fits, 100) == fits);
    const std::string whole = "cannot read " + std::string(300, 'x') + ": no such file";
    const std::string cut = without_middle(whole, 100);
    CHECK(cut.size() <= 100);
    CHECK(cut.starts_with("cannot read x"));
    CHECK(cut.find("x ... x") != std::string::npos);
    CHECK(cut.ends_with("x: no such file"));
}

TEST_CASE("both ends of a text that lost its middle are whole characters")
{
    const std::string character = GENERATE("\u00e4", "\u20ac", "\U0001f600");
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += character;
    const std::string gap = " ... ";
    for (std::size_t max_length = 60; max_length < 80; ++max_length) {
        CAPTURE(character, max_length);
        const std::string cut = without_middle(text, max_length);
        CHECK(cut.size() <= max_length);
        const std::size_t at = cut.find(gap);
        REQUIRE(at != std::string::npos);
        CHECK(at % character.size() == 0);
        CHECK((cut.size() - at - gap.size()) % character.size() == 0);
    }
}

TEST_CASE("the text of an error fits into NFLOGCAP_ERROR_SIZE, with the reason")
{
    const auto failure =
        nflog::system_failure("cannot create the savefile " + std::string(4000, 'x'), ENOENT);
    const std::string words = failure.what();
    CHECK(words.size() < NFLOGCAP_ERROR_SIZE);
    CHECK(words.size() > NFLOGCAP_ERROR_SIZE - 10);
    CHECK(words.starts_with("cannot create the savefile x"));
    CHECK(words.ends_with("x: No such file or directory"));
}

TEST_CASE("the text of an error is escaped before it is cut")
{
    const nflog::Error failure(EINVAL, "cannot read " + std::string(400, '\x1b') + ": no");
    const std::string words = failure.what();
    CHECK(words.size() < NFLOGCAP_ERROR_SIZE);
    CHECK(words.starts_with("cannot read \\x1b\\x1b"));
    CHECK(words.ends_with("\\x1b\\x1b: no"));
    CHECK(words.find('\x1b') == std::string::npos);
}
