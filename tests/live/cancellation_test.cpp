// SPDX-License-Identifier: GPL-2.0-or-later
// pthread_cancel() of a thread that uses a capture.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <atomic>
#include <pthread.h>

using support::Handle;
using support::Namespace;
using support::Sender;

namespace {

// Cancels a thread after it has called `body` for the first time; returns whether the join reports
// the cancellation.
template <typename Body>
bool is_cancelled(Body& body)
{
    struct Thread {
        Body* body;
        std::atomic<bool> has_begun = false;
    } thread{&body};
    const auto run = [](void* argument) -> void* {
        auto* self = static_cast<Thread*>(argument);
        for (;;) {
            self->has_begun = true;
            (*self->body)();
        }
    };
    pthread_t reader{};
    REQUIRE(pthread_create(&reader, nullptr, run, &thread) == 0);
    while (!thread.has_begun)
        sched_yield();
    REQUIRE(pthread_cancel(reader) == 0);
    void* result = nullptr;
    REQUIRE(pthread_join(reader, &result) == 0);
    return result == PTHREAD_CANCELED;
}

} // namespace

TEST_CASE("a cancelled reader leaves next and next_batch, and the capture continues without loss")
{
    const Namespace ns;
    constexpr std::uint16_t port = 7005;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::started({5});
    Sender sender(port);
    std::uint64_t received = 0;
    std::array<const nflogcap_packet*, 16> packets{};
    const auto next = [&] {
        if (nflogcap_next(capture.get(), packets.data(), -1) == 1)
            ++received;
    };
    const auto next_batch = [&] {
        const int count = nflogcap_next_batch(capture.get(), packets.data(), packets.size(), -1);
        if (count > 0)
            received += static_cast<std::uint64_t>(count);
    };
    constexpr int rounds = 100;
    for (int round = 0; round < rounds; ++round) {
        sender.send(3);
        REQUIRE(is_cancelled(next));
        REQUIRE(is_cancelled(next_batch));
    }
    int outcome = 0;
    received += support::count_packets(capture, 500, outcome);
    CHECK(outcome == 0);
    CHECK(received == 3 * rounds);
}

TEST_CASE("a cancelled reader ends too if its capture was stopped or will be stopped")
{
    const Namespace ns;
    for (int round = 0; round < 20; ++round) {
        const Handle capture = support::started({5});
        const nflogcap_packet* packet = nullptr;
        if (round % 2 == 0)
            nflogcap_stop(capture.get());
        // -ENODATA is returned without a wait; then only the test's own cancellation point is left.
        const auto next = [&] {
            nflogcap_next(capture.get(), &packet, -1);
            pthread_testcancel();
        };
        REQUIRE(is_cancelled(next));
    }
}

TEST_CASE("no other call is a cancellation point")
{
    const Namespace ns;
    const auto body = [](void*) -> void* {
        pthread_cancel(pthread_self());
        // Each of these calls makes system calls that would be cancellation points.
        {
            const Handle capture = support::capture_of({5});
            nflogcap_add_tap(capture.get(), "output", "udp");
            nflogcap_start(capture.get());
            nflogcap_fd(capture.get());
            nflogcap_wakeup(capture.get());
            nflogcap_stop(capture.get());
            nflogcap_set_filter(capture.get(), "udp");
            nflogcap_interface_name(capture.get(), 1);
        }
        nflogcap_dump* dump = nullptr;
        nflogcap_dump_open(&dump, "/dev/null", nullptr, 0, nullptr, 0);
        static constexpr std::array<std::uint8_t, 4096> message{};
        nflogcap_packet packet{};
        packet.message = message.data();
        packet.message_length = message.size();
        for (int i = 0; i < 20; ++i) // more than the savefile gathers, so that it writes
            nflogcap_dump_packet(dump, &packet);
        nflogcap_dump_flush(dump);
        nflogcap_dump_close(dump);
        static int reached = 0;
        return &reached;
    };
    pthread_t thread{};
    REQUIRE(pthread_create(&thread, nullptr, body, nullptr) == 0);
    void* result = nullptr;
    REQUIRE(pthread_join(thread, &result) == 0);
    CHECK(result != PTHREAD_CANCELED);
}

TEST_CASE("if a thread has disabled cancellation, it stays disabled during a wait")
{
    const Namespace ns;
    const Handle capture = support::started({5});
    const auto body = [](void* argument) -> void* {
        int before = 0;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
        pthread_cancel(pthread_self());
        const nflogcap_packet* packet = nullptr;
        static int outcome;
        outcome = nflogcap_next(static_cast<nflogcap*>(argument), &packet, 10);
        return &outcome;
    };
    pthread_t thread{};
    REQUIRE(pthread_create(&thread, nullptr, body, capture.get()) == 0);
    void* result = nullptr;
    REQUIRE(pthread_join(thread, &result) == 0);
    REQUIRE(result != PTHREAD_CANCELED);
    CHECK(*static_cast<int*>(result) == 0);
}
