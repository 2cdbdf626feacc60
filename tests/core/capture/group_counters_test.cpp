// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_counters.hpp"

#include "catch.hpp"

#include <algorithm>
#include <iterator>

using nflog::GroupCounters;
using nflog::GroupTable;

namespace {

// How many packets were lost before the one of that number.
std::uint64_t lost_before(GroupCounters& counters, std::uint32_t seq)
{
    nflogcap_packet packet{};
    packet.present = NFLOGCAP_HAS_SEQ;
    packet.seq = seq;
    counters.receive(packet);
    return packet.lost_before;
}

// What a packet tells of losses when it is delivered, where it was received with that many before.
std::uint64_t told(GroupCounters& counters, std::uint64_t lost_before)
{
    nflogcap_packet packet{};
    packet.lost_before = lost_before;
    counters.deliver(packet);
    return packet.lost_before;
}

void reject(GroupCounters& counters, std::uint64_t lost_before)
{
    nflogcap_packet packet{};
    packet.lost_before = lost_before;
    counters.reject(packet);
}

} // namespace

TEST_CASE("packets that are numbered on without a gap are no loss")
{
    GroupCounters counters(5);
    for (std::uint32_t seq = 0; seq < 1000; ++seq)
        REQUIRE(lost_before(counters, seq) == 0);
    CHECK(counters.stats().received == 1000);
    CHECK(counters.stats().lost == 0);
}

TEST_CASE("a gap in the numbers is the loss, told by the packet after it")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 0) == 0);
    CHECK(lost_before(counters, 2) == 1);
    CHECK(lost_before(counters, 3) == 0);
    CHECK(lost_before(counters, 994) == 990);
    CHECK(counters.stats().received == 4);
    CHECK(counters.stats().lost == 991);
}

TEST_CASE("packets lost before the first one count")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 17) == 17);
    CHECK(counters.stats().lost == 17);
}

TEST_CASE("the numbers wrap without a loss")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 0x7fffffff) == 0x7fffffff);
    CHECK(lost_before(counters, 0xfffffffe) == 0x7ffffffe);
    CHECK(lost_before(counters, 0xffffffff) == 0);
    CHECK(lost_before(counters, 0) == 0);
    CHECK(lost_before(counters, 1) == 0);
    CHECK(counters.stats().lost == UINT64_C(0x7fffffff) + 0x7ffffffe);
}

TEST_CASE("a gap across the wrap is the loss")
{
    GroupCounters counters(5);
    lost_before(counters, 0x7fffffff);
    lost_before(counters, 0xfffffffd);
    const std::uint64_t before = counters.stats().lost;
    CHECK(lost_before(counters, 3) == 5);
    CHECK(counters.stats().lost == before + 5);
}

TEST_CASE("losses add up beyond 32 bits")
{
    GroupCounters counters(5);
    std::uint64_t lost = 0;
    std::uint32_t seq = 0;
    for (int turn = 0; turn < 5; ++turn) {
        seq += 0x7fffffff;
        lost += lost_before(counters, seq);
    }
    CHECK(lost > UINT64_C(0xffffffff));
    CHECK(counters.stats().lost == lost);
}

TEST_CASE("a number from the past is no loss, and the numbering goes on from it")
{
    GroupCounters counters(5);
    for (std::uint32_t seq = 0; seq < 10; ++seq)
        lost_before(counters, seq);
    CHECK(lost_before(counters, 9) == 0);
    CHECK(lost_before(counters, 9) == 0);
    CHECK(lost_before(counters, 10) == 0);
    CHECK(lost_before(counters, 0) == 0);
    CHECK(lost_before(counters, 1) == 0);
    CHECK(lost_before(counters, 3) == 1);
    CHECK(counters.stats().received == 16);
    CHECK(counters.stats().lost == 1);
}

TEST_CASE("from half of all numbers on, a distance is one into the past")
{
    GroupCounters forward(5);
    CHECK(lost_before(forward, 0x7fffffff) == 0x7fffffff);
    GroupCounters back(5);
    CHECK(lost_before(back, 0x80000000) == 0);
    CHECK(back.stats().lost == 0);
}

TEST_CASE("after a restart the numbers begin at 0 and the counters go on")
{
    GroupCounters counters(5);
    lost_before(counters, 100);
    counters.restart(0);
    CHECK(lost_before(counters, 0) == 0);
    counters.restart(3);
    CHECK(counters.settled() == 3);
    CHECK(lost_before(counters, 7) == 7);
    CHECK(counters.stats().received == 3);
    CHECK(counters.stats().lost == 107);
}

TEST_CASE("a packet without a number is received and changes nothing else")
{
    GroupCounters counters(5);
    lost_before(counters, 0);
    nflogcap_packet packet{};
    packet.seq = 50; // absent, so it says nothing
    counters.receive(packet);
    CHECK(packet.lost_before == 0);
    CHECK(lost_before(counters, 1) == 0);
    CHECK(counters.stats().received == 3);
    CHECK(counters.stats().lost == 0);
}

TEST_CASE("a group's deliveries and batches are counted")
{
    GroupCounters counters(65535);
    CHECK(counters.group() == 65535);
    CHECK(told(counters, 0) == 0);
    counters.receive_batch(100, 0);
    CHECK(counters.settled() == 0);
    counters.receive_batch(23, 4);
    CHECK(counters.settled() == 4);
    CHECK(counters.stats().delivered == 1);
    CHECK(counters.stats().batches == 2);
    CHECK(counters.stats().bytes == 123);
    CHECK(counters.stats().received == 0);
}

TEST_CASE("what was lost before rejected packets is told by the next that is delivered, once")
{
    GroupCounters counters(5);
    CHECK(told(counters, 1) == 1);
    reject(counters, 2);
    reject(counters, 0);
    reject(counters, 3);
    CHECK(told(counters, 4) == 2 + 3 + 4);
    CHECK(told(counters, 0) == 0);
    CHECK(counters.stats().filtered == 3);
    CHECK(counters.stats().delivered == 3);
}

TEST_CASE("a loss from before a restart is not told after it")
{
    GroupCounters counters(5);
    reject(counters, 7);
    counters.restart(0);
    CHECK(told(counters, 0) == 0);
}

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
    told(*table.find(10), 0);
    table.add(5); // now stands where group 10 stood
    REQUIRE(table.find(5) != nullptr);
    CHECK(table.find(5)->stats().delivered == 0);
    CHECK(table.find(10)->stats().delivered == 1);
}
