// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include "catch.hpp"

#include <cstddef>
#include <memory>

using nflog::GroupCounters;
using nflog::GroupTable;

TEST_CASE("a table without groups finds no group")
{
    GroupTable table;
    CHECK(table.size() == 0);
    CHECK(table.find(0) == nullptr);
    CHECK(table.begin() == table.end());
}

TEST_CASE("a table of one group finds it and no other")
{
    GroupTable table;
    const GroupCounters& added = table.add(5);
    CHECK(table.find(5) == &added);
    CHECK(added.group() == 5);
    CHECK(table.find(0) == nullptr);
    CHECK(table.find(4) == nullptr);
    CHECK(table.size() == 1);
}

TEST_CASE("each of all 65536 groups stays where it was added")
{
    const auto table = std::make_unique<GroupTable>();
    const auto number_at = [](std::size_t place) {
        return static_cast<std::uint16_t>(place * 7919 % 65536);
    };
    const GroupCounters* const first = &table->add(number_at(0));
    for (std::size_t place = 1; place < 65536; ++place)
        table->add(number_at(place));
    bool all_found = true;
    for (std::size_t place = 0; place < 65536; ++place) {
        const GroupCounters* counters = table->find(number_at(place));
        all_found = all_found && counters != nullptr && counters == &table->at(place) &&
                    counters->group() == number_at(place) && table->place(*counters) == place;
    }
    CHECK(all_found);
    CHECK(table->find(number_at(0)) == first);
}

TEST_CASE("a removed group is not found, and not confused with a group that is added later")
{
    GroupTable table;
    table.add(10);
    table.add(5);
    table.take_back();
    CHECK(table.find(5) == nullptr);
    table.add(6);
    CHECK(table.find(5) == nullptr);
    CHECK(table.find(6)->group() == 6);
    CHECK(table.find(10)->group() == 10);
}
