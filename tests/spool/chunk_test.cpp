// SPDX-License-Identifier: GPL-2.0-or-later
#include "chunk.hpp"

#include "catch.hpp"

#include <string>

using spool::Account;
using spool::Chunk;

namespace {

Chunk example()
{
    Chunk chunk;
    chunk.group = 65535;
    chunk.number = 17;
    chunk.offset = 24;
    chunk.length = 131072;
    chunk.checksum = 0xdeadbeef;
    chunk.account = {1, 2, 3, 4, 5, 18'446'744'073'709'551'615U, 7, true};
    chunk.interfaces = "2=eth0";
    return chunk;
}

} // namespace

TEST_CASE("a line of an index has all data about its chunk")
{
    const std::string line = example().line();
    REQUIRE(line.ends_with('\n'));
    const auto read = Chunk::parse(std::string_view(line).substr(0, line.size() - 1));
    REQUIRE(read);
    CHECK(read->line() == line);
    CHECK(read->group == 65535);
    CHECK(read->checksum == 0xdeadbeef);
    CHECK(read->interfaces == "2=eth0");
    CHECK(read->account.session == 18'446'744'073'709'551'615U);
    CHECK(read->account.is_end);
}

TEST_CASE("a line with a changed byte, or a line that is cut off, is refused")
{
    std::string line = example().line();
    line.pop_back();
    for (std::size_t i = 0; i < line.size(); ++i) {
        CHECK_FALSE(Chunk::parse(std::string_view(line).substr(0, i)));
        for (const char bits : {'\x01', '\x40'}) {
            std::string other = line;
            other[i] = static_cast<char>(other[i] ^ bits);
            CAPTURE(other);
            const auto read = Chunk::parse(other);
            // A line that parses must be equal, except for the case of hexadecimal digits.
            CHECK((!read || read->line() == line + "\n"));
        }
    }
}

TEST_CASE("an account requires all of its words, and ignores unknown words")
{
    const std::string text = Account{.packets = 1, .total = 9, .is_end = false}.text();
    CHECK(Account::parse("later=1 " + text + " more=x").value().total == 9);
    CHECK_FALSE(Account::parse(""));
    CHECK_FALSE(Account::parse("packets=1"));
    for (const char* word :
         {"packets=", "total=", "lost=", "filtered=", "dropped=", "session=", "time=", "end="}) {
        std::string without = text;
        without.replace(without.find(word), 1, "X");
        CAPTURE(without);
        CHECK_FALSE(Account::parse(without));
    }
    for (const char* number : {"", "-1", "+1", "1x", "0x1", "18446744073709551616"}) {
        std::string wrong = text;
        wrong.replace(wrong.find("lost=0"), 6, std::string("lost=") + number);
        CAPTURE(wrong);
        CHECK_FALSE(Account::parse(wrong));
    }
    CHECK_FALSE(Account::parse(Account{.packets = 2, .total = 1}.text()));
}
