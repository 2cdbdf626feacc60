// SPDX-License-Identifier: GPL-2.0-or-later
// How a capture waits: its descriptor, timeouts, and wake-ups by other threads and by signals.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <poll.h>
#include <pthread.h>
#include <sys/select.h>
#include <thread>
#include <vector>

using support::Namespace;
using support::nft;
using support::Sender;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

bool readable(int fd, int timeout_ms = 0)
{
    pollfd wanted{fd, POLLIN, 0};
    return poll(&wanted, 1, timeout_ms) == 1;
}

// Several times, another thread calls `interrupt` while the owner is blocked in next(-1). Next must
// then return `outcome`. Returns the median time from the call of `interrupt` to the return of
// next. `recover` prepares the capture for the next time.
milliseconds median_reaction(
    const support::Handle& capture, int outcome, const std::function<void()>& interrupt,
    const std::function<void()>& recover = [] {})
{
    std::vector<milliseconds> reactions;
    for (int i = 0; i < 9; ++i) {
        Clock::time_point called;
        std::thread other([&] {
            std::this_thread::sleep_for(milliseconds(20)); // so that the owner is blocked
            called = Clock::now();
            interrupt();
        });
        const nflogcap_packet* packet = nullptr;
        const int got = nflogcap_next(capture.get(), &packet, -1);
        const auto returned = Clock::now();
        other.join();
        REQUIRE(got == outcome);
        reactions.push_back(std::chrono::duration_cast<milliseconds>(returned - called));
        recover();
    }
    std::ranges::sort(reactions);
    return reactions[reactions.size() / 2];
}

} // namespace

TEST_CASE(
    "select on the descriptor with 5 packets in one batch and one next per turn delivers all 5")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started_in_batches_of(5, 5);
    const int fd = nflogcap_fd(capture.get());
    REQUIRE(fd >= 0);
    Sender(9).send(5);
    for (int delivered = 0; delivered < 5; ++delivered) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        timeval timeout{1, 0};
        REQUIRE(select(fd + 1, &set, nullptr, nullptr, &timeout) == 1);
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, 0) == 1);
    }
    CHECK(support::stats_of(capture).batches == 1);
    CHECK_FALSE(readable(fd));
}

TEST_CASE("the descriptor is the same before and after the start, and when it is requested late")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    const int fd = nflogcap_fd(capture.get());
    CHECK_FALSE(readable(fd));
    support::start(capture);
    CHECK(nflogcap_fd(capture.get()) == fd);
    CHECK_FALSE(readable(fd));
    Sender(9).send(2);
    CHECK(readable(fd, 1000));

    const auto late = support::started_in_batches_of(3, 6);
    nft(support::log_udp(10, "group 6"));
    Sender(10).send(3);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(late.get(), &packet, 1000) == 1);
    CHECK(readable(nflogcap_fd(late.get()))); // two more packets are queued in the library
}

TEST_CASE("next waits until its timeout, and not longer")
{
    const Namespace ns;
    const auto capture = support::started({5});
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);
    const auto before = Clock::now();
    CHECK(nflogcap_next(capture.get(), &packet, 100) == 0);
    CHECK(Clock::now() - before >= milliseconds(100));
    CHECK(packet == nullptr);
}

TEST_CASE("a blocked next returns within 50 ms of a wakeup")
{
    const Namespace ns;
    const auto capture = support::started({5});
    const auto wake = [&] { nflogcap_wakeup(capture.get()); };
    CHECK(median_reaction(capture, -ECANCELED, wake) <= milliseconds(50));
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);
}

TEST_CASE("a blocked next returns within 50 ms of a stop")
{
    const Namespace ns;
    const auto capture = support::started({5});
    const auto stop = [&] { nflogcap_stop(capture.get()); };
    CHECK(median_reaction(capture, -ENODATA, stop, [&] { support::start(capture); }) <=
          milliseconds(50));
}

TEST_CASE("a blocked next returns -EINTR when a signal handler ran")
{
    const Namespace ns;
    const auto capture = support::started({5});
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, &before);
    std::atomic<bool> returned = false;
    std::thread other([&, owner = pthread_self()] {
        while (!returned) { // the first signal may come before the wait
            pthread_kill(owner, SIGUSR1);
            std::this_thread::sleep_for(milliseconds(5));
        }
    });
    const nflogcap_packet* packet = nullptr;
    const int got = nflogcap_next(capture.get(), &packet, -1);
    returned = true;
    other.join();
    sigaction(SIGUSR1, &before, nullptr);
    CHECK(got == -EINTR);
}

TEST_CASE("a wakeup before next makes one call of next return, and makes the descriptor readable")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    const int fd = nflogcap_fd(capture.get());
    nflogcap_wakeup(capture.get());
    nflogcap_wakeup(capture.get());
    CHECK(readable(fd));
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, -1) == -ECANCELED);
    CHECK_FALSE(readable(fd));
    CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);

    SECTION("and no packet is lost")
    {
        Sender(9).send(3);
        REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
        nflogcap_wakeup(capture.get());
        CHECK(nflogcap_next(capture.get(), &packet, 1000) == -ECANCELED);
        CHECK(nflogcap_next(capture.get(), &packet, 1000) == 1);
        CHECK(nflogcap_next(capture.get(), &packet, 1000) == 1);
        CHECK(packet->seq == 2);
        CHECK_FALSE(readable(fd));
    }
}

TEST_CASE("after a stop the descriptor stays readable, also after the end")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    const int fd = nflogcap_fd(capture.get());
    Sender(9).send(3);
    nflogcap_stop(capture.get());
    const nflogcap_packet* packet = nullptr;
    for (int i = 0; i < 3; ++i) {
        CHECK(readable(fd));
        CHECK(nflogcap_next(capture.get(), &packet, -1) == 1);
    }
    CHECK(readable(fd));
    CHECK(nflogcap_next(capture.get(), &packet, -1) == -ENODATA);
    CHECK(readable(fd));
}

TEST_CASE("a stop before the start ends the capture as soon as it has started")
{
    const Namespace ns;
    const auto capture = support::capture_of({5});
    nflogcap_stop(capture.get());
    support::start(capture);
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, -1) == -ENODATA);
}

TEST_CASE("the owner notices wakeups and a stop from four threads")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::started({5});
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 500; ++n)
                nflogcap_wakeup(capture.get());
        });
    std::thread sender([&] {
        Sender(9).send(5000);
        for (std::thread& thread : threads)
            thread.join();
        nflogcap_stop(capture.get());
    });
    int packets = 0;
    int wakeups = 0;
    const nflogcap_packet* packet = nullptr;
    int got = 0;
    while ((got = nflogcap_next(capture.get(), &packet, -1)) != -ENODATA) {
        REQUIRE((got == 1 || got == -ECANCELED));
        ++(got == 1 ? packets : wakeups);
    }
    sender.join();
    CHECK(packets == 5000);
    CHECK(wakeups >= 1);
    CHECK(wakeups <= 2000);
}
