// SPDX-License-Identifier: GPL-2.0-or-later
#include "option_files/mdoc.hpp"

#include "catch.hpp"

#include <stdexcept>

using command::to_mdoc;

TEST_CASE("marks become macros, with the punctuation after them")
{
    CHECK(to_mdoc("The `a b`, *c* or _d_; see [E].") ==
          "The\n.Li a b ,\n.Cm c\nor\n.Ar d ;\nsee\n.Sx E .\n");
    CHECK(to_mdoc("It is '-' here.") == "It is\n.Sq -\nhere.\n");
}

TEST_CASE("options, pages and the command have no marks")
{
    CHECK(to_mdoc("As nflogcap -w, --no-payload and tcpdump(8) do.") ==
          "As\n.Nm\n.Fl w ,\n.Fl Fl no-payload\nand\n.Xr tcpdump 8\ndo.\n");
    CHECK(to_mdoc("1 - 2 or -5") == "1 - 2 or -5\n");
}

TEST_CASE("text that mdoc would interpret is escaped")
{
    CHECK(to_mdoc(".2 is a\\b \"c\"") == "\\&.2 is a\\eb \\(dqc\\(dq\n");
}

TEST_CASE("paragraphs and lists end at the end of the text")
{
    CHECK(to_mdoc("a\nb\n\nc") == "a\nb\n.Pp\nc\n");
    CHECK(to_mdoc("a\n\nraw:: b\n\nether:: c\n\nd") ==
          "a\n.Bl -tag -width ether\n.It Cm raw\nb\n.It Cm ether\nc\n.El\n.Pp\nd\n");
    CHECK(to_mdoc("raw:: b") == ".Bl -tag -width raw\n.It Cm raw\nb\n.El\n");
}

TEST_CASE("invalid markup is refused")
{
    CHECK_THROWS_AS(to_mdoc("`a"), std::runtime_error);
    CHECK_THROWS_AS(to_mdoc("`a`b"), std::runtime_error);
    CHECK_THROWS_AS(to_mdoc("a`b`"), std::runtime_error);
}
