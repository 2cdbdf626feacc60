// SPDX-License-Identifier: GPL-2.0-or-later
// Starts, stops and restarts at difficult moments, and other threads that read meanwhile.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <atomic>
#include <cerrno>
#include <poll.h>
#include <thread>

using support::Handle;
using support::Namespace;
using support::Sender;

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;

int next(const Handle& capture, int timeout_ms)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, timeout_ms);
}

} // namespace

TEST_CASE("a stop before a start, the first or a later one, ends the capture after it has started")
{
    const Namespace ns;
    const Handle capture = support::capture_of({group});
    for (int start = 0; start < 3; ++start) {
        CHECK(nflogcap_stop(capture.get()) == 0);
        REQUIRE(nflogcap_start(capture.get()) == 0);
        pollfd watched = {nflogcap_fd(capture.get()), POLLIN, 0};
        CHECK(poll(&watched, 1, 0) == 1);
        CHECK(next(capture, -1) == -ENODATA);
    }
    // The stops have no further effect: each ended one capture.
    REQUIRE(nflogcap_start(capture.get()) == 0);
    CHECK(next(capture, 20) == 0);
}

TEST_CASE("two stops in a row end only one capture")
{
    const Namespace ns;
    const Handle capture = support::started({group});
    nflogcap_stop(capture.get());
    nflogcap_stop(capture.get());
    CHECK(next(capture, -1) == -ENODATA);
    support::start(capture);
    CHECK(next(capture, 20) == 0);
}

TEST_CASE("a stop during a start always ends the capture")
{
    const Namespace ns;
    constexpr int rounds = 200;
    for (int round = 0; round < rounds; ++round) {
        const Handle capture = support::capture_of({group});
        std::atomic<bool> goes = false;
        std::thread stopper([&] {
            while (!goes)
                std::this_thread::yield();
            nflogcap_stop(capture.get());
        });
        goes = true;
        REQUIRE(nflogcap_start(capture.get()) == 0);
        REQUIRE(next(capture, -1) == -ENODATA);
        stopper.join();
    }
}

TEST_CASE(
    "if a wake-up and a stop are both requested, next returns the wake-up first, and then ends")
{
    const Namespace ns;
    const Handle capture = support::started({group});
    nflogcap_stop(capture.get());
    nflogcap_wakeup(capture.get());
    CHECK(next(capture, -1) == -ECANCELED);
    pollfd watched = {nflogcap_fd(capture.get()), POLLIN, 0};
    CHECK(poll(&watched, 1, 0) == 1);
    CHECK(next(capture, -1) == -ENODATA);
    nflogcap_wakeup(capture.get());
    CHECK(next(capture, -1) == -ECANCELED);
    CHECK(next(capture, -1) == -ENODATA);
}

TEST_CASE("no packet is delivered that was logged before the capture's settings applied")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    std::atomic<bool> is_done = false;
    std::thread traffic([&] {
        Sender sender(port);
        while (!is_done)
            sender.send(10, 200);
    });
    constexpr int rounds = 500;
    std::uint64_t wrong = 0;
    std::uint64_t seen = 0;
    for (int round = 0; round < rounds; ++round) {
        const Handle capture = support::capture_of({group});
        nflogcap_set_snaplen(capture.get(), 0);
        nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE);
        support::start(capture);
        const nflogcap_packet* packet = nullptr;
        for (int i = 0; i < 20 && nflogcap_next(capture.get(), &packet, 1000) == 1; ++i) {
            ++seen;
            const bool is_right = packet->payload_length == 0 &&
                                  (packet->present & NFLOGCAP_HAS_SEQ) != 0 &&
                                  (i > 0 || packet->seq == 0);
            wrong += is_right ? 0 : 1;
        }
        const nflogcap_stats stats = support::stats_of(capture);
        CHECK(stats.malformed == 0);
    }
    is_done = true;
    traffic.join();
    CHECK(seen > 0);
    CHECK(wrong == 0);
}

TEST_CASE("beside an idle group, unaccounted batches return to 0 once lost is complete")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 7"));
    for (const int delivery : {NFLOGCAP_IMMEDIATE, NFLOGCAP_BATCHED}) {
        const Handle capture = support::capture_of({7, 8});
        constexpr std::uint32_t small_buffer = 20'000;
        nflogcap_set_socket_buffer(capture.get(), small_buffer);
        nflogcap_set_delivery(capture.get(), delivery);
        nflogcap_set_queue_threshold(capture.get(), delivery == NFLOGCAP_BATCHED ? 10 : 1);
        support::start(capture);
        Sender sender(port);
        std::uint64_t sent = 2000;
        sender.send(sent);
        int outcome = 0;
        support::count_packets(capture, 100, outcome);
        REQUIRE(support::stats_of(capture).unaccounted_batches > 0);
        for (int round = 0; round < 5; ++round) {
            sender.send(10);
            sent += 10;
            support::count_packets(capture, 100, outcome);
        }
        const nflogcap_stats stats = support::stats_of(capture);
        CHECK(stats.received + stats.lost == sent);
        CHECK(stats.lost > 0);
        CHECK(stats.dropped_batches > 0);
        CHECK(stats.unaccounted_batches == 0);
    }
}

TEST_CASE("another thread reads the counters at any time, and they only grow")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::capture_of({group});
    nflogcap_set_delivery(capture.get(), NFLOGCAP_ADAPTIVE);
    std::atomic<bool> is_done = false;
    std::uint64_t looks = 0;
    bool has_shrunk = false;
    std::thread monitor([&] {
        std::uint64_t before = 0;
        while (!is_done) {
            nflogcap_stats stats{};
            nflogcap_stats of_group{};
            nflogcap_get_stats(capture.get(), &stats, sizeof stats);
            nflogcap_get_group_stats(capture.get(), group, &of_group, sizeof of_group);
            has_shrunk =
                has_shrunk || stats.received < before || of_group.received < stats.received;
            before = stats.received;
            ++looks;
        }
    });
    std::uint64_t received = 0;
    constexpr int starts = 5;
    constexpr std::size_t packets = 2000;
    for (int start = 0; start < starts; ++start) {
        support::start(capture);
        Sender(port).send(packets);
        int outcome = 0;
        received += support::count_packets(capture, 200, outcome);
        nflogcap_stop(capture.get());
        received += support::count_packets(capture, -1, outcome);
        REQUIRE(outcome == -ENODATA);
    }
    is_done = true;
    monitor.join();
    CHECK(looks > 0);
    CHECK_FALSE(has_shrunk);
    CHECK(received == starts * packets);
    CHECK(support::stats_of(capture).received == starts * packets);
}
