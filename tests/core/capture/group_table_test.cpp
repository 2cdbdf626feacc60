// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include "catch.hpp"

#include <algorithm>
#include <iterator>

using nflog::GroupCounters;
using nflog::GroupTable;

TEST_CASE("a table without groups finds none")
{
    GroupTable table;
    CHECK(table.empty());
    CHECK(table.find(0) == nullptr);
    CHECK(table.begin() == table.end());
}

TEST_CASE("a table of one group finds it and no other")
{
    GroupTable table;
    CHECK(table.add(5));
    CHECK_FALSE(table.add(5));
    CHECK_FALSE(table.empty());
    REQUIRE(table.find(5) != nullptr);
    CHECK(table.find(5)->group() == 5);
    CHECK(table.find(4) == nullptr);
    CHECK(table.at(5) == table.find(5));
    CHECK(table.at(4) == nullptr);
    CHECK(table.find(6) == nullptr);
    CHECK(std::distance(table.begin(), table.end()) == 1);
}

TEST_CASE("a table finds each of 300 groups, in whatever order they were added")
{
    GroupTable table;
    for (unsigned i = 0; i < 300; ++i)
        REQUIRE(table.add(static_cast<std::uint16_t>(i * 7919 % 65536)));
    for (unsigned i = 0; i < 300; ++i) {
        const auto group = static_cast<std::uint16_t>(i * 7919 % 65536);
        REQUIRE_FALSE(table.add(group));
        REQUIRE(table.find(group) != nullptr);
        REQUIRE(table.find(group)->group() == group);
    }
    CHECK(table.find(1) == nullptr);
    CHECK(std::ranges::is_sorted(table, {}, &GroupCounters::group));
    CHECK(std::distance(table.begin(), table.end()) == 300);
}

TEST_CASE("a table finds each of all 65536 groups")
{
    GroupTable table;
    for (unsigned group = 0; group <= 65535; ++group)
        REQUIRE(table.add(static_cast<std::uint16_t>(group)));
    bool all_found = true;
    for (unsigned group = 0; group <= 65535; ++group) {
        const GroupCounters* counters = table.find(static_cast<std::uint16_t>(group));
        all_found = all_found && counters != nullptr && counters->group() == group;
    }
    CHECK(all_found);
    CHECK_FALSE(table.add(65535));
}

TEST_CASE("a group that was found last is not taken for one added since")
{
    GroupTable table;
    table.add(10);
    REQUIRE(table.find(10)->group() == 10);
    table.add(5); // now stands where group 10 stood
    REQUIRE(table.find(5) != nullptr);
    CHECK(table.find(5)->group() == 5);
    CHECK(table.find(10)->group() == 10);
}
