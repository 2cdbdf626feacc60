// SPDX-License-Identifier: GPL-2.0-or-later
// NFLOGCAP_ADAPTIVE: one packet per batch at a low rate, large batches at a high rate.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <chrono>
#include <thread>

using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t port = 9;
// All these packets fit into the socket buffer, even with one packet per batch. Therefore a slow
// reader loses no packet.
constexpr std::uint64_t flood = 20'000;
constexpr int patience_ms = 5000;

Handle adaptive(std::uint16_t group = 5)
{
    Handle capture = support::capture_of({group});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_ADAPTIVE) == 0);
    return capture;
}

// Reads this number of packets. Requires that they are in order and that none is missing.
void read(const Handle& capture, std::uint64_t packets)
{
    const nflogcap_packet* packet = nullptr;
    for (std::uint64_t i = 0; i < packets; ++i) {
        REQUIRE(nflogcap_next(capture.get(), &packet, patience_ms) == 1);
        REQUIRE(packet->lost_before == 0);
    }
}

void send_while_reading(const Handle& capture, Sender& sender, std::uint64_t packets,
                        std::size_t bytes = 64)
{
    std::jthread sending([&] { sender.send(packets, bytes); });
    read(capture, packets);
    sending.join();
}

void trickle(const Handle& capture, Sender& sender, int packets)
{
    for (int i = 0; i < packets; ++i) {
        sender.send(1);
        read(capture, 1);
        std::this_thread::sleep_for(5ms);
    }
}

} // namespace

TEST_CASE("an adaptive capture delivers a low rate at once, packet by packet")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    const Handle capture = adaptive();
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), 3'600'000) ==
            0); // so that the flush timeout delivers nothing
    support::start(capture);
    Sender sender(port);
    trickle(capture, sender, 50);
    CHECK(support::stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
    CHECK(support::stats_of(capture).batches == 50);
}

TEST_CASE(
    "an adaptive capture batches a flood, and delivers packets at a low rate after it at once")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    const Handle capture = adaptive();
    support::start(capture);
    Sender sender(port);
    send_while_reading(capture, sender, flood);
    CHECK(support::stats_of(capture).delivery == NFLOGCAP_BATCHED);
    CHECK(support::stats_of(capture).batches < flood / 2);

    trickle(capture, sender, 40); // 200 ms
    const std::uint64_t batches = support::stats_of(capture).batches;
    CHECK(support::stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
    sender.send(20);
    read(capture, 20);
    CHECK(support::stats_of(capture).batches == batches + 20);
    CHECK(support::stats_of(capture).lost == 0);
}

TEST_CASE("no packet is lost when the delivery switches under load")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    const Handle capture = adaptive();
    support::start(capture);
    Sender sender(port);
    constexpr int rounds = 10;
    const std::size_t bytes = GENERATE(std::size_t{64}, std::size_t{1400});
    for (int round = 0; round < rounds; ++round) {
        send_while_reading(capture, sender, 5000, bytes);
        CHECK(support::stats_of(capture).delivery == NFLOGCAP_BATCHED);
        // The delivery must switch back to immediate while packets arrive, not during a pause.
        std::jthread sending([&] {
            for (int i = 0; i < 400; ++i) { // several windows; the first contains the flood
                sender.send(2, bytes);
                std::this_thread::sleep_for(1ms);
            }
        });
        read(capture, 800);
        sending.join();
        CHECK(support::stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
    }
    CHECK(support::stats_of(capture).received == rounds * 5800);
    CHECK(support::stats_of(capture).lost == 0);
    CHECK(support::stats_of(capture).malformed == 0);
}

TEST_CASE("the delivery of each group depends on its own packet rate")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    nft(support::log_udp(port + 1, "group 6"));
    const Handle capture = support::capture_of({6, 5});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_ADAPTIVE) == 0);
    support::start(capture);
    Sender fast(port);
    Sender slow(port + 1);
    send_while_reading(capture, fast, flood);
    trickle(capture, slow, 20);
    CHECK(support::stats_of(capture, 6).batches == 20);
    CHECK(support::stats_of(capture, 5).batches < flood / 2);
    CHECK(support::stats_of(capture).delivery ==
          NFLOGCAP_BATCHED); // group 5 has received nothing since
}

TEST_CASE("explicitly set values apply to the batches of an adaptive capture")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    const Handle capture = adaptive();
    REQUIRE(nflogcap_set_queue_threshold(capture.get(), 10) == 0);
    support::start(capture);
    Sender sender(port);
    trickle(capture, sender, 10);
    CHECK(support::stats_of(capture).batches == 10);
    send_while_reading(capture, sender, flood);
    CHECK(support::stats_of(capture).delivery == NFLOGCAP_BATCHED);
    CHECK(support::stats_of(capture).batches >= flood / 10);
}

TEST_CASE("with dropped privileges an adaptive capture keeps its settings, without an error")
{
    const Namespace ns;
    nft(support::log_udp(port, "group 5"));
    const Handle capture = adaptive();
    support::start(capture);
    Sender sender(port);
    SECTION("immediate")
    {
        support::without_capabilities([&] {
            send_while_reading(capture, sender, flood);
            trickle(capture, sender, 10);
        });
        CHECK(support::stats_of(capture).batches == flood + 10);
    }
    SECTION("batched")
    {
        send_while_reading(capture, sender, flood);
        REQUIRE(support::stats_of(capture).delivery == NFLOGCAP_BATCHED);
        support::without_capabilities([&] {
            trickle(capture, sender, 20);
            sender.send(50);
            std::this_thread::sleep_for(50ms);
            const std::uint64_t batches = support::stats_of(capture).batches;
            read(capture, 50);
            CHECK(support::stats_of(capture).batches - batches < 50);
        });
    }
    CHECK(support::stats_of(capture).lost == 0);
}
