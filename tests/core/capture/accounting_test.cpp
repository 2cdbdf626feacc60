// SPDX-License-Identifier: GPL-2.0-or-later
#include "accounting.hpp"
#include "error.hpp"

#include "catch.hpp"

#include <cerrno>
#include <initializer_list>
#include <utility>
#include <vector>

using nflog::Accounting;
using nflog::Batch;
using nflog::SocketQueue;

namespace {

constexpr std::uint16_t busy = 7;
constexpr std::uint16_t idle = 8;

constexpr SocketQueue empty_queue(std::uint32_t refused)
{
    return {0, refused};
}

// The accounting of a capture of two groups.
class TwoGroups {
public:
    TwoGroups()
    {
        accounting_.add_group(busy);
        accounting_.add_group(idle);
        accounting_.restart(true);
    }

    // Receives a batch of packets with these numbers in the group and in the network namespace.
    void receive(std::uint16_t group,
                 std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> numbers)
    {
        accounting_.finish_batch();
        accounting_.receive_batch(group, {Batch::State::packets});
        for (const auto& [seq, seq_global] : numbers) {
            nflogcap_packet packet{};
            packet.present = NFLOGCAP_HAS_SEQ | NFLOGCAP_HAS_SEQ_GLOBAL;
            packet.group = group;
            packet.seq = seq;
            packet.seq_global = seq_global;
            CHECK(accounting_.receive(packet) != nullptr);
        }
    }
    void finish() { accounting_.finish_batch(); }
    void look_at(SocketQueue queue) { accounting_.look_at(queue); }
    [[nodiscard]] nflogcap_stats stats(std::uint32_t refused)
    {
        nflogcap_stats stats{};
        accounting_.read(stats, empty_queue(refused));
        return stats;
    }
    Accounting& accounting() { return accounting_; }

private:
    Accounting accounting_;
};

} // namespace

TEST_CASE("a group that was already added is refused")
{
    Accounting accounting;
    accounting.add_group(5);
    try {
        accounting.add_group(5);
        FAIL("it was added");
    } catch (const nflog::Error& failure) {
        CHECK(failure.code() == EEXIST);
    }
}

TEST_CASE("a dropped batch is unaccounted until each group's numbers show its content")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 0}});
    groups.receive(idle, {{0, 1}});
    CHECK(groups.stats(1).unaccounted_batches == 1);
    CHECK(groups.accounting().wants_look());
    groups.look_at(empty_queue(1));
    CHECK_FALSE(groups.accounting().wants_look());
    groups.receive(busy, {{2, 3}});
    CHECK(groups.stats(1).unaccounted_batches == 1);
    groups.receive(idle, {{1, 4}});
    CHECK(groups.stats(1).unaccounted_batches == 0);
    CHECK(groups.stats(1).lost == 1);
    CHECK(groups.stats(1).dropped_batches == 1);
}

TEST_CASE("if another group is idle, the namespace's packet numbers show that all dropped batches "
          "are accounted for")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 1000}});
    groups.look_at(empty_queue(2));
    groups.receive(busy, {{5, 1005}}); // may have been gathered before the dropped batches
    CHECK(groups.stats(2).unaccounted_batches == 2);
    groups.receive(busy, {{6, 1006}});
    groups.finish();
    CHECK(groups.stats(2).unaccounted_batches == 0);
    CHECK(groups.stats(2).lost == 4);
}

TEST_CASE(
    "batches stay unaccounted while no group has received or lost one of the namespace's numbers")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 1000}});
    groups.look_at(empty_queue(2));
    groups.receive(busy,
                   {{5, 1006}}); // the idle group, or another capture, has one of these numbers
    groups.receive(busy, {{6, 1007}});
    groups.finish();
    CHECK(groups.stats(2).unaccounted_batches == 2);
    groups.receive(idle, {{1, 1008}}); // shows that the packet was of the idle group
    groups.finish();
    CHECK(groups.stats(2).unaccounted_batches == 0);
    CHECK(groups.stats(2).lost == 4 + 1);
}

TEST_CASE("a group that logs for the first time after a loss settles it beside a third")
{
    TwoGroups groups;
    groups.accounting().add_group(9);
    groups.accounting().restart(true);
    groups.receive(busy, {{0, 10}, {1, 12}});
    groups.look_at(empty_queue(1));
    groups.receive(busy, {{2, 13}});
    groups.receive(busy, {{3, 15}});
    groups.finish();
    CHECK(groups.stats(1).unaccounted_batches == 1);
    groups.receive(idle, {{1, 16}}); // the group's first packet, 11, is lost; 14 is still missing
    groups.receive(idle, {{3, 17}}); // shows that 14 was lost too
    groups.finish();
    CHECK(groups.stats(1).unaccounted_batches == 0);
    CHECK(groups.stats(1).lost == 2);
}

TEST_CASE("the numbers of the namespace wrap")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 0xfffffffe}});
    groups.look_at(empty_queue(1));
    groups.receive(busy, {{2, 0}});
    groups.receive(busy, {{3, 1}});
    groups.finish();
    CHECK(groups.stats(1).unaccounted_batches == 0);
}

TEST_CASE(
    "if the first packet of the capture is missing, the numbers of the namespace prove nothing")
{
    TwoGroups groups;
    groups.receive(busy, {{3, 1000}}); // three packets are lost; their numbers are unknown
    groups.look_at(empty_queue(1));
    groups.receive(busy, {{4, 1004}}); // three packets of the idle group are missing
    groups.receive(busy, {{5, 1005}});
    groups.finish();
    CHECK(groups.stats(1).unaccounted_batches == 1);
}

TEST_CASE("batches that were unaccounted at a restart stay unaccounted")
{
    TwoGroups groups;
    groups.look_at(empty_queue(3));
    groups.accounting().restart(true);
    CHECK(groups.stats(0).unaccounted_batches == 3);
    groups.look_at(empty_queue(1));
    CHECK(groups.stats(1).unaccounted_batches == 4);
    CHECK(groups.stats(1).dropped_batches == 4);
}

TEST_CASE("a savefile's packets of other groups are filtered, or delivered if no group was added")
{
    nflogcap_packet packet{};
    packet.group = 3;
    nflogcap_stats stats{};
    Accounting all;
    all.restart(false);
    CHECK(all.receive(packet) != nullptr);
    Accounting one;
    one.add_group(busy);
    one.restart(false);
    CHECK(one.receive(packet) == nullptr);
    one.read(stats, std::nullopt);
    CHECK(stats.received == 1);
    CHECK(stats.filtered == 1);
    CHECK(stats.malformed == 0);
}

TEST_CASE("the kernel's packet of a group that was not added is malformed")
{
    TwoGroups groups;
    nflogcap_packet packet{};
    packet.group = 3;
    CHECK(groups.accounting().receive(packet) == nullptr);
    CHECK(groups.stats(0).malformed == 1);
    CHECK(groups.stats(0).received == 0);
}

TEST_CASE("each group has its own counters, and an unknown group has none")
{
    TwoGroups groups;
    groups.receive(busy, {{1, 1}});
    nflogcap_stats stats{};
    CHECK(groups.accounting().read(busy, stats));
    CHECK(stats.received == 1);
    CHECK(stats.lost == 1);
    CHECK(stats.batches == 1);
    CHECK_FALSE(groups.accounting().read(9, stats));
}

TEST_CASE("a removed group's last packets account for earlier dropped batches, and later batches "
          "do not wait for it")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 0}});
    groups.receive(idle, {{0, 1}});
    groups.look_at(empty_queue(3));
    const std::size_t place = groups.accounting().place_of(idle, "remove");
    groups.accounting().remove_group(place);
    groups.look_at(empty_queue(4)); // dropped later, so not packets of the removed group
    groups.receive(busy, {{2, 9}});
    CHECK(groups.stats(4).unaccounted_batches == 4);
    SECTION("if packets of the group still arrive")
    {
        groups.receive(idle, {{5, 8}});
        groups.accounting().end_binding(place);
        CHECK(groups.stats(4).unaccounted_batches == 0);
        CHECK(groups.stats(4).lost == 1 + 4);
    }
    SECTION("and if none come, its batches dropped until then stay unaccounted")
    {
        groups.accounting().end_binding(place);
        CHECK(groups.stats(4).unaccounted_batches == 3);
        groups.receive(busy, {{3, 10}});
        CHECK(groups.stats(4).unaccounted_batches == 3);
    }
    CHECK_THROWS_AS(groups.accounting().place_of(idle, "remove"), nflog::Error);
    CHECK(groups.accounting().groups() == std::vector<std::uint16_t>{busy});
}

TEST_CASE("a group that is bound again is numbered from 0, and keeps its place and its counters")
{
    TwoGroups groups;
    groups.receive(idle, {{0, 0}, {1, 1}});
    const std::size_t place = groups.accounting().place_of(idle, "remove");
    groups.accounting().remove_group(place);
    CHECK(groups.accounting().add_group(idle) == place);
    groups.receive(idle, {{3, 4}}); // a packet of the previous binding
    groups.accounting().end_binding(place);
    groups.accounting().begin_binding(place);
    groups.receive(idle, {{1, 8}});
    CHECK(groups.stats(0).received == 4);
    CHECK(groups.stats(0).lost == 1 + 1);
}

TEST_CASE("a group that is added while batches are dropped is not expected to account for them")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 0}});
    groups.receive(idle, {{0, 1}});
    groups.look_at(empty_queue(2));
    groups.accounting().begin_binding(groups.accounting().add_group(9));
    groups.receive(busy, {{2, 9}});
    groups.receive(idle, {{2, 10}});
    CHECK(groups.stats(2).unaccounted_batches == 0);
}

TEST_CASE("an empty queue proves nothing while batches from it wait in the library")
{
    TwoGroups groups;
    groups.receive(busy, {{0, 0}});
    groups.receive(idle, {{0, 1}});
    groups.look_at({0, 1, true});
    groups.receive(busy, {{1, 2}}); // waited in the queue before the batch was dropped
    groups.receive(idle, {{1, 3}});
    CHECK(groups.stats(1).unaccounted_batches == 1);
    groups.look_at({0, 1, false});
    groups.receive(busy, {{3, 6}});
    groups.receive(idle, {{2, 7}});
    CHECK(groups.stats(1).unaccounted_batches == 0);
}
