// SPDX-License-Identifier: GPL-2.0-or-later
#include "command_line.hpp"

#include "catch.hpp"

#include <array>
#include <stdexcept>
#include <string>

using command::CommandLine;

namespace {

std::vector<std::string> parse(CommandLine& line)
{
    std::string name = "nflogcap";
    std::array<char*, 2> words = {name.data(), nullptr};
    return line.parse(1, words.data());
}

} // namespace

TEST_CASE("an option that is bound must be in the table")
{
    CommandLine line("list", {});
    bool is_given = false;
    std::string value;
    CHECK_THROWS_AS(line.flag("--frob", is_given), std::logic_error);
    // The command "list" has no option -w.
    CHECK_THROWS_AS(line.value("-w", value), std::logic_error);
}

TEST_CASE("an option of the table must be bound")
{
    CommandLine line("list", {});
    std::string value;
    bool is_given = false;
    line.value("--netns", value);
    line.flag("--json", is_given);
    CHECK_THROWS_AS(parse(line), std::logic_error);
    line.value("--color", value);
    CHECK(parse(line).empty());
}
