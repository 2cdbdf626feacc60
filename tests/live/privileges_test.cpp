// SPDX-License-Identifier: GPL-2.0-or-later
// What works without CAP_NET_ADMIN, and what does not.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <thread>

using std::chrono::milliseconds;
using support::Namespace;
using support::nft;
using support::Sender;

TEST_CASE("without CAP_NET_ADMIN the start fails with EPERM and says what to do")
{
    const Namespace ns;
    const auto capture = support::capture_of({5});
    int code = 0;
    support::without_capabilities([&] { code = nflogcap_start(capture.get()); });
    CHECK(code == -EPERM);
    CHECK_THAT(nflogcap_error(capture.get()),
               ContainsSubstring("CAP_NET_ADMIN is missing") && ContainsSubstring("setcap"));
    CHECK(nflogcap_start(capture.get()) == 0); // with the capability, the same handle starts
}

TEST_CASE(
    "with privileges dropped after the start, all packets are captured and a stop loses nothing")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), 100) == 0);
    support::start(capture);
    const int fd = nflogcap_fd(capture.get());
    Sender sender(9);
    int outcome = 0;
    std::uint64_t packets = 0;
    support::without_capabilities([&] {
        sender.send(10);
        nflogcap_stop(capture.get());
        // As in an event loop: only the descriptor shows when there is something to do.
        const nflogcap_packet* packet = nullptr;
        pollfd wanted{fd, POLLIN, 0};
        for (int turns = 0; turns < 100 && poll(&wanted, 1, 2000) == 1; ++turns) {
            outcome = nflogcap_next(capture.get(), &packet, 0);
            if (outcome == -ENODATA)
                break;
            packets += outcome == 1 ? 1 : 0;
        }
    });
    CHECK(outcome == -ENODATA);
    CHECK(packets == 10);
    CHECK(support::stats_of(capture).lost == 0);
    const auto second = support::capture_of({5});
    CHECK(nflogcap_start(second.get()) == 0); // the end of the capture has released the group
}

TEST_CASE("with privileges dropped, a stop during a flood of packets completes")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    std::atomic<bool> done = false;
    std::thread flood([&] {
        Sender sender(9);
        for (int i = 0; i < 100'000 && !done; ++i)
            sender.send(10);
    });
    int outcome = 0;
    support::without_capabilities([&] {
        std::thread stopper([&] {
            std::this_thread::sleep_for(milliseconds(20));
            nflogcap_stop(capture.get());
        });
        support::count_packets(capture, -1, outcome);
        stopper.join();
    });
    done = true;
    flood.join();
    CHECK(outcome == -ENODATA);
    CHECK(support::stats_of(capture).lost == 0);
}

TEST_CASE("with privileges dropped, a close releases the group")
{
    const Namespace ns;
    auto capture = support::started({5});
    support::without_capabilities([&] { capture.reset(); });
    const auto second = support::capture_of({5});
    CHECK(nflogcap_start(second.get()) == 0);
}
