// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel stamps received packets but not sent packets. The library's times of both kinds are in
// the order in which the packets were logged.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <chrono>
#include <map>
#include <thread>
#include <utility>

using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;

namespace {

// Each datagram is logged twice: when it is sent, without the kernel's stamp, and when it is
// received, with a stamp.
constexpr const char* rules =
    "table inet t { chain out { type filter hook output priority 0; "
    "udp dport 9 log group 5; udp dport 10 log group 6; }; "
    "chain sent { type filter hook postrouting priority 0; udp dport 9 log group 7; }; "
    "chain in { type filter hook input priority 0; "
    "udp dport 9 log group 5 drop; udp dport 10 log group 6 drop; }; }";

std::uint64_t now_ns()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

struct Seen {
    std::uint64_t stamped = 0;
    std::uint64_t estimated = 0;
    std::uint64_t last_ns = 0;
};

using Groups = std::map<std::uint16_t, Seen>;

// Checks the order of each group's times while it reads this many packets.
void read(const Handle& capture, std::size_t packets, Groups& groups)
{
    for (std::size_t i = 0; i < packets; ++i) {
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, 5000) == 1);
        Seen& seen = groups[packet->group];
        CAPTURE(packet->group, packet->seq);
        REQUIRE(packet->timestamp_ns >= seen.last_ns);
        REQUIRE(packet->timestamp_ns <= now_ns());
        seen.last_ns = packet->timestamp_ns;
        ++((packet->present & NFLOGCAP_HAS_TIMESTAMP) != 0 ? seen.stamped : seen.estimated);
    }
}

} // namespace

TEST_CASE("the times of a group never decrease, however packets are delivered")
{
    const Namespace ns;
    nft(rules);
    const int delivery = GENERATE(NFLOGCAP_BATCHED, NFLOGCAP_IMMEDIATE, NFLOGCAP_ADAPTIVE);
    CAPTURE(delivery);
    const Handle capture = support::capture_of({5, 6, 7});
    REQUIRE(nflogcap_set_delivery(capture.get(), delivery) == 0);
    support::start(capture);
    Sender first(9);
    Sender second(10);
    constexpr std::size_t rounds = 20;
    constexpr std::size_t at_once = 50;
    std::size_t unread = 0;
    Groups groups;
    for (std::size_t round = 1; round <= rounds; ++round) {
        first.send(at_once);
        second.send(1);
        unread += 3 * at_once + 2;
        // The reader is late in some rounds, and in others it is not.
        std::this_thread::sleep_for(std::chrono::milliseconds(round % 3 * 15));
        if (round % 4 < 2)
            read(capture, std::exchange(unread, 0), groups);
    }
    read(capture, unread, groups);
    CHECK(groups.at(5).stamped == 1000);
    CHECK(groups.at(5).estimated == 1000);
    CHECK(groups.at(6).stamped == 20);
    CHECK(groups.at(6).estimated == 20);
    CHECK(groups.at(7).stamped == 0);
    CHECK(groups.at(7).estimated == 1000);
}

TEST_CASE("the times of packets that pass a filter never decrease")
{
    const Namespace ns;
    nft(rules);
    const Handle capture = support::capture_of({5});
    REQUIRE(nflogcap_set_filter(capture.get(), "udp[8] & 3 != 0") == 0);
    support::start(capture);
    Sender(9).send(400);
    Groups groups;
    read(capture, 600, groups);
    CHECK(groups.at(5).stamped == 300);
    CHECK(groups.at(5).estimated == 300);
}

TEST_CASE("a packet without the kernel's stamp gets a time shortly before it was read")
{
    const Namespace ns;
    nft(rules);
    const Handle capture = support::started({7});
    Sender sender(9);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t before = now_ns();
        sender.send(1);
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, 5000) == 1);
        constexpr std::uint64_t bound_ns = 25'000'000; // the kernel's timer, 10 ms, and its ticks
        CHECK((packet->present & NFLOGCAP_HAS_TIMESTAMP) == 0);
        CHECK(packet->timestamp_ns + bound_ns >= before);
        CHECK(packet->timestamp_ns <= now_ns());
    }
}
