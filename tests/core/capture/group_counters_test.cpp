// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_counters.hpp"

#include "catch.hpp"

using nflog::GroupCounters;

namespace {

nflogcap_stats stats_of(const GroupCounters& counters)
{
    nflogcap_stats stats{};
    counters.add_to(stats);
    return stats;
}

// Receives a packet with the number `seq`, and returns its lost_before.
std::uint64_t lost_before(GroupCounters& counters, std::uint32_t seq)
{
    nflogcap_packet packet{};
    packet.present = NFLOGCAP_HAS_SEQ;
    packet.seq = seq;
    counters.receive(packet);
    return packet.lost_before;
}

// Delivers a packet that was received with this lost_before, and returns the losses that it then
// reports.
std::uint64_t reported(GroupCounters& counters, std::uint64_t lost_before)
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

TEST_CASE("between packets with consecutive numbers nothing is lost")
{
    GroupCounters counters(5);
    for (std::uint32_t seq = 0; seq < 1000; ++seq)
        REQUIRE(lost_before(counters, seq) == 0);
    CHECK(stats_of(counters).received == 1000);
    CHECK(stats_of(counters).lost == 0);
}

TEST_CASE("a gap in the numbers is the loss, and the packet after it reports it")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 0) == 0);
    CHECK(lost_before(counters, 2) == 1);
    CHECK(lost_before(counters, 3) == 0);
    CHECK(lost_before(counters, 994) == 990);
    CHECK(stats_of(counters).received == 4);
    CHECK(stats_of(counters).lost == 991);
}

TEST_CASE("packets lost before the first one count")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 17) == 17);
    CHECK(stats_of(counters).lost == 17);
}

TEST_CASE("the numbers wrap without a loss")
{
    GroupCounters counters(5);
    CHECK(lost_before(counters, 0x7fffffff) == 0x7fffffff);
    CHECK(lost_before(counters, 0xfffffffe) == 0x7ffffffe);
    CHECK(lost_before(counters, 0xffffffff) == 0);
    CHECK(lost_before(counters, 0) == 0);
    CHECK(lost_before(counters, 1) == 0);
    CHECK(stats_of(counters).lost == UINT64_C(0x7fffffff) + 0x7ffffffe);
}

TEST_CASE("a gap across the wrap is the loss")
{
    GroupCounters counters(5);
    lost_before(counters, 0x7fffffff);
    lost_before(counters, 0xfffffffd);
    const std::uint64_t before = stats_of(counters).lost;
    CHECK(lost_before(counters, 3) == 5);
    CHECK(stats_of(counters).lost == before + 5);
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
    CHECK(stats_of(counters).lost == lost);
}

TEST_CASE("a number lower than expected is not a loss, and the numbering continues from it")
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
    CHECK(stats_of(counters).received == 16);
    CHECK(stats_of(counters).lost == 1);
}

TEST_CASE("a number that is half of all numbers or more ahead counts as lower than expected")
{
    GroupCounters forward(5);
    CHECK(lost_before(forward, 0x7fffffff) == 0x7fffffff);
    GroupCounters back(5);
    CHECK(lost_before(back, 0x80000000) == 0);
    CHECK(stats_of(back).lost == 0);
}

TEST_CASE("after a restart the numbers begin at 0 and the counters continue")
{
    GroupCounters counters(5);
    lost_before(counters, 100);
    counters.restart(true, 0);
    CHECK(lost_before(counters, 0) == 0);
    counters.restart(true, 3);
    CHECK(counters.settled() == 3);
    CHECK(lost_before(counters, 7) == 7);
    CHECK(stats_of(counters).received == 3);
    CHECK(stats_of(counters).lost == 107);
}

TEST_CASE(
    "a live packet without a number was logged before the settings applied, and is not counted")
{
    GroupCounters counters(5);
    nflogcap_packet packet{};
    packet.seq = 50; // ignored, because the bit of `seq` is not set
    CHECK_FALSE(counters.receive(packet));
    CHECK(lost_before(counters, 0) == 0);
    CHECK(stats_of(counters).received == 1);
    CHECK(stats_of(counters).lost == 0);
}

TEST_CASE("in a savefile, packets that are missing or have no number are not counted as lost")
{
    GroupCounters counters(5);
    counters.restart(false, 0);
    CHECK(lost_before(counters, 17) == 0);
    nflogcap_packet packet{};
    CHECK(counters.receive(packet));
    CHECK(stats_of(counters).received == 2);
    CHECK(stats_of(counters).lost == 0);
}

TEST_CASE("the numbers since the start: the first, the last, and the count")
{
    GroupCounters counters(5);
    const auto receive = [&](std::uint32_t seq, std::uint32_t seq_global) {
        nflogcap_packet packet{};
        packet.present = NFLOGCAP_HAS_SEQ | NFLOGCAP_HAS_SEQ_GLOBAL;
        packet.seq = seq;
        packet.seq_global = seq_global;
        counters.receive(packet);
    };
    receive(0, 7);
    counters.restart(true, 0);
    CHECK_FALSE(counters.first());
    receive(0, 100);
    receive(4, 120);
    REQUIRE(counters.first());
    CHECK(counters.first()->seq == 0);
    CHECK(counters.first()->seq_global == 100);
    CHECK(counters.last_global() == 120);
    CHECK(counters.numbered() == 5);
}

TEST_CASE("a group's deliveries and batches are counted")
{
    GroupCounters counters(65535);
    CHECK(counters.group() == 65535);
    CHECK(reported(counters, 0) == 0);
    counters.receive_batch(100, 0);
    CHECK(counters.settled() == 0);
    counters.receive_batch(23, 4);
    CHECK(counters.settled() == 4);
    CHECK(counters.settled_before() == 0);
    CHECK(stats_of(counters).delivered == 1);
    CHECK(stats_of(counters).batches == 2);
    CHECK(stats_of(counters).bytes == 123);
    CHECK(stats_of(counters).received == 0);
}

TEST_CASE("the next delivered packet reports the losses before rejected packets, once")
{
    GroupCounters counters(5);
    CHECK(reported(counters, 1) == 1);
    reject(counters, 2);
    reject(counters, 0);
    reject(counters, 3);
    CHECK(reported(counters, 4) == 2 + 3 + 4);
    CHECK(reported(counters, 0) == 0);
    CHECK(stats_of(counters).filtered == 3);
    CHECK(stats_of(counters).delivered == 3);
}

TEST_CASE("a loss from before a restart is not reported after it")
{
    GroupCounters counters(5);
    reject(counters, 7);
    counters.restart(true, 0);
    CHECK(reported(counters, 0) == 0);
}
