// SPDX-License-Identifier: GPL-2.0-or-later
// Every packet that is lost is counted.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::size_t bytes = 64;
constexpr std::uint32_t small = 262144; // a socket buffer that a few batches fill

support::Handle small_capture(std::initializer_list<std::uint16_t> groups)
{
    auto capture = support::capture_of(groups);
    REQUIRE(nflogcap_set_socket_buffer(capture.get(), small) == 0);
    support::start(capture);
    return capture;
}

} // namespace

TEST_CASE("a reader that starts before the sender receives all of 200,000 packets")
{
    constexpr std::uint64_t sent = 200'000;
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    std::thread sender([&] {
        Sender(9).send(sent, bytes);
        nflogcap_stop(capture.get());
    });
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, -1, outcome);
    sender.join();
    CHECK(outcome == -ENODATA);
    CHECK(packets == sent);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.received == sent);
    CHECK(stats.delivered == sent);
    CHECK(stats.lost == 0);
    CHECK(stats.dropped_batches == 0);
    CHECK(stats.malformed == 0);
    CHECK(stats.truncated == 0);
}

TEST_CASE("with a sleeping reader and a full socket, received + lost = sent, 50 times")
{
    constexpr std::uint64_t sent = 20'000;
    for (int run = 0; run < 50; ++run) {
        const Namespace ns;
        nft(support::log_udp(9, "group 5"));
        const auto capture = small_capture({5});
        Sender sender(9);
        sender.send(sent, bytes);
        int outcome = 0;
        std::uint64_t packets = support::count_packets(capture, 0, outcome);
        REQUIRE(outcome == 0);
        sender.send(1, bytes); // the number of this packet shows how many were lost before it
        nflogcap_stop(capture.get());
        packets += support::count_packets(capture, -1, outcome);
        REQUIRE(outcome == -ENODATA);
        const nflogcap_stats stats = support::stats_of(capture);
        INFO("run " << run << ": received " << stats.received << ", lost " << stats.lost);
        REQUIRE(stats.received == packets);
        REQUIRE(stats.lost > 0);
        REQUIRE(stats.received + stats.lost == sent + 1);
        REQUIRE(stats.dropped_batches > 0);
    }
}

TEST_CASE("with a slow reader and bursts on two groups, received + lost = sent, 50 times")
{
    constexpr std::uint32_t sent_to_each = 10'000;
    constexpr std::uint32_t burst = 2'000;
    constexpr std::uint32_t tiny = 4096; // room for one batch
    constexpr int quiet_ms = 60;         // enough for the kernel's timer to deliver its batch
    const bool slow = GENERATE(false, true);
    std::uint64_t lost_in_all = 0;
    for (int run = 0; run < 50; ++run) {
        const Namespace ns;
        nft(support::log_udp(9, "group 5") + support::log_udp(10, "group 6"));
        const auto capture = support::capture_of({5, 6});
        REQUIRE(nflogcap_set_socket_buffer(capture.get(), slow ? small : tiny) == 0);
        support::start(capture);
        std::array<Sender, 2> senders = {Sender(9), Sender(10)};
        std::thread bursts([&] {
            for (std::uint32_t sent = 0; sent < sent_to_each; sent += burst) {
                for (Sender& sender : senders)
                    sender.send(burst, bytes);
            }
            nflogcap_wakeup(capture.get());
        });
        std::array<std::uint64_t, 2> lost_of{};
        std::array<std::uint32_t, 2> next_of{}; // number
        std::uint64_t packets = 0;
        const auto read = [&](int timeout_ms) {
            const nflogcap_packet* packet = nullptr;
            while (nflogcap_next(capture.get(), &packet, timeout_ms) == 1) {
                lost_of.at(packet->group - 5U) += packet->lost_before;
                next_of.at(packet->group - 5U) = packet->seq + 1;
                if (++packets % burst == 0 && slow)
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
        };
        read(-1);
        bursts.join();
        read(quiet_ms);
        std::uint64_t sent_in_all = 0;
        for (std::size_t i = 0; i < senders.size(); ++i) {
            std::uint32_t sent = sent_to_each;
            do { // until a packet arrives; its number shows the losses before it
                senders.at(i).send(1, bytes);
                ++sent;
                read(quiet_ms);
            } while (next_of.at(i) != sent);
            sent_in_all += sent;
        }
        const nflogcap_stats stats = support::stats_of(capture);
        INFO("run " << run << ": received " << stats.received << ", lost " << stats.lost);
        REQUIRE(stats.received == packets);
        REQUIRE(stats.received + stats.lost == sent_in_all);
        REQUIRE(lost_of[0] + lost_of[1] == stats.lost);
        REQUIRE(support::stats_of(capture, 5).lost == lost_of[0]);
        REQUIRE(support::stats_of(capture, 6).lost == lost_of[1]);
        lost_in_all += stats.lost;
    }
    CHECK(lost_in_all > 0);
}

TEST_CASE("after a stop, the packets that the kernel has gathered are still delivered")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    constexpr std::uint32_t an_hour = 3'600'000;
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), an_hour) == 0);
    support::start(capture);
    Sender(9).send(7);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 50) == 0); // the kernel still gathers the packets
    REQUIRE(nflogcap_stop(capture.get()) == 0);
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 7);
    CHECK(outcome == -ENODATA);
    CHECK(nflogcap_next(capture.get(), &packet, -1) == -ENODATA);
    CHECK(support::stats_of(capture).lost == 0);
}

TEST_CASE("groups that are bound during a flood lose no packet that arrives meanwhile")
{
    const Namespace ns;
    std::string rules;
    constexpr std::uint16_t groups = 20;
    auto capture = support::capture_of({});
    for (std::uint16_t group = 0; group < groups; ++group) {
        rules += support::log_udp(static_cast<std::uint16_t>(9 + group),
                                  "group " + std::to_string(group));
        REQUIRE(nflogcap_add_group(capture.get(), group) == 0);
    }
    nft(rules);
    // Small batches, so that many are there before the last group is bound.
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    std::atomic<bool> begun = false;
    std::atomic<bool> done = false;
    std::thread flood([&] {
        Sender first(9);
        for (int i = 0; i < 100'000 && !done; ++i) {
            first.send(10);
            begun = true;
        }
        first.send(10); // these in any case when the group was bound
    });
    while (!begun)
        std::this_thread::yield();
    const int started = nflogcap_start(capture.get());
    done = true;
    flood.join();
    REQUIRE(started == 0);
    nflogcap_stop(capture.get());
    const nflogcap_packet* packet = nullptr;
    std::uint32_t expected = 0;
    while (nflogcap_next(capture.get(), &packet, -1) == 1)
        REQUIRE(packet->seq == expected++);
    CHECK(expected > 0);
    CHECK(support::stats_of(capture).lost == 0);
}

TEST_CASE("a capture can be started again after its end, without a loss")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    Sender sender(9);
    for (std::uint64_t run = 1; run <= 3; ++run) {
        sender.send(10);
        nflogcap_stop(capture.get());
        int outcome = 0;
        CHECK(support::count_packets(capture, -1, outcome) == 10);
        CHECK(outcome == -ENODATA);
        sender.send(10); // no capture runs
        INFO(nflogcap_error(capture.get()));
        REQUIRE(nflogcap_start(capture.get()) == 0);
        CHECK(support::stats_of(capture).received == 10 * run);
        CHECK(support::stats_of(capture).lost == 0);
    }
}

TEST_CASE("the counters report dropped batches that no later packet has shown yet")
{
    constexpr std::uint64_t sent = 20'000;
    constexpr std::uint32_t batch = 100; // `sent` is a multiple of this, so no packet is left over
    constexpr std::uint32_t never_ms = 3'600'000; // so that the kernel's timer delivers nothing
    const Namespace ns;
    nft(support::log_udp(9, "group 5") + support::log_udp(10, "group 6"));
    const auto capture = support::capture_of({5, 6});
    REQUIRE(nflogcap_set_socket_buffer(capture.get(), small) == 0);
    REQUIRE(nflogcap_set_queue_threshold(capture.get(), batch) == 0);
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), never_ms) == 0);
    support::start(capture);
    Sender nine(9);
    Sender ten(10);
    CHECK(support::stats_of(capture).socket_buffer_used == 0);
    nine.send(sent, bytes);
    nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.socket_buffer_used > stats.socket_buffer / 2);
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, 0, outcome);
    stats = support::stats_of(capture);
    CHECK(stats.socket_buffer_used == 0);
    const std::uint64_t dropped = stats.dropped_batches;
    CHECK(stats.lost == 0);
    CHECK(dropped * batch == sent - packets);
    CHECK(stats.unaccounted_batches == dropped);

    ten.send(batch, bytes); // nothing was lost from this group
    REQUIRE(support::count_packets(capture, 0, outcome) == batch);
    CHECK(support::stats_of(capture).unaccounted_batches == dropped);

    SECTION("until a later packet of each group has arrived")
    {
        nine.send(batch, bytes);
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, 0) == 1);
        CHECK(packet->lost_before == sent - packets);
        CHECK(support::stats_of(capture).lost == sent - packets);
        CHECK(support::stats_of(capture).unaccounted_batches == 0);
    }
    SECTION("also after the capture ends and starts again")
    {
        nflogcap_stop(capture.get());
        REQUIRE(support::count_packets(capture, -1, outcome) == 0);
        REQUIRE(outcome == -ENODATA);
        CHECK(support::stats_of(capture).unaccounted_batches == dropped);
        support::start(capture);
        nine.send(batch, bytes);
        ten.send(batch, bytes);
        REQUIRE(support::count_packets(capture, 0, outcome) == 2 * batch);
        CHECK(support::stats_of(capture).unaccounted_batches == dropped);
    }
}
