// SPDX-License-Identifier: GPL-2.0-or-later
#include "interfaces.hpp"

#include "catch.hpp"

using spool::Interfaces;

TEST_CASE("names of interfaces are preserved, whatever bytes they have")
{
    const Interfaces interfaces = {
        {1, "lo"}, {2, "eth0.5"}, {3, "a,b=c%d"}, {4, "\xff\x01"}, {4294967295, "wg-0_x:1@if2"}};
    const std::string text = spool::text_of_interfaces(interfaces);
    CHECK(text == "1=lo,2=eth0.5,3=a%2Cb%3Dc%25d,4=%FF%01,4294967295=wg-0_x:1@if2");
    CHECK(spool::interfaces_in(text) == interfaces);
    CHECK(spool::interfaces_in("").empty());
}

TEST_CASE("unreadable parts are left out")
{
    CHECK(spool::interfaces_in("x=lo,2,3=%2,4=%GG,5=a,,=b,99999999999=c,-1=d") ==
          Interfaces{{5, "a"}});
}
