// SPDX-License-Identifier: GPL-2.0-or-later
// The guarantees of a handle during and after a capture, in a separate network namespace.
#include "words.hpp"

#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <cerrno>
#include <limits>
#include <string>

using support::Handle;
using support::Namespace;
using support::Sender;

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;

const nflogcap_packet* const untouched = reinterpret_cast<const nflogcap_packet*>(1);

// Every function that configures a capture, with a value that it accepts before the start.
void check_settings(const Handle& capture, int expected)
{
    const auto check = [&](int code) {
        CHECK(code == expected);
        if (expected < 0)
            check_error(capture, {"before the start"});
    };
    check(nflogcap_set_snaplen(capture.get(), 96));
    check(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE));
    check(nflogcap_set_queue_threshold(capture.get(), 10));
    check(nflogcap_set_flush_timeout(capture.get(), 10));
    check(nflogcap_set_batch_size(capture.get(), 8192));
    check(nflogcap_set_socket_buffer(capture.get(), 65536));
    check(nflogcap_set_conntrack(capture.get(), 0));
    check(nflogcap_set_netns(capture.get(), nullptr));
}

int drain(const Handle& capture)
{
    int outcome = 0;
    support::count_packets(capture, 1000, outcome);
    return outcome;
}

} // namespace

TEST_CASE("between the start and the end nothing can be set, and afterwards everything")
{
    const Namespace ns;
    const Handle capture = support::started({group});
    check_settings(capture, -EBUSY);
    REQUIRE(nflogcap_stop(capture.get()) == 0);
    check_settings(capture, -EBUSY);
    REQUIRE(drain(capture) == -ENODATA);
    check_settings(capture, 0);
    CHECK(nflogcap_start(capture.get()) == 0);
    CHECK(support::stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
}

TEST_CASE("every value out of range is -EBUSY while capturing")
{
    const Namespace ns;
    const Handle capture = support::started({group});
    CHECK(nflogcap_set_snaplen(capture.get(), 65532) == -EBUSY);
}

TEST_CASE("a start while capturing is -EBUSY, and the capture continues")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::started({group});
    CHECK(nflogcap_start(capture.get()) == -EBUSY);
    check_error(capture, {"started already"});
    Sender(port).send(1);
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, 1000) == 1);
}

TEST_CASE("a call that returns no packet does not change its result")
{
    const Namespace ns;
    const Handle capture = support::started({group});
    const nflogcap_packet* packet = untouched;
    CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);
    CHECK(nflogcap_next_batch(capture.get(), &packet, 1, 0) == 0);
    REQUIRE(nflogcap_wakeup(capture.get()) == 0);
    CHECK(nflogcap_next(capture.get(), &packet, 0) == -ECANCELED);
    CHECK(nflogcap_next(capture.get(), &packet, -2) == -EINVAL);
    REQUIRE(nflogcap_stop(capture.get()) == 0);
    CHECK(nflogcap_next(capture.get(), &packet, -1) == -ENODATA);
    CHECK(nflogcap_next_batch(capture.get(), &packet, 1, -1) == -ENODATA);
    CHECK(packet == untouched);
    // These are no failures, and therefore the text is still that of the last failure.
    check_error(capture, {"-2"});
}

TEST_CASE("the minimum and the maximum of every setting work in a capture")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::capture_of({group});
    const auto set = [&](std::uint32_t snaplen, std::uint32_t threshold, std::uint32_t timeout,
                         std::uint32_t batch, std::uint32_t buffer) {
        REQUIRE(nflogcap_set_snaplen(capture.get(), snaplen) == 0);
        REQUIRE(nflogcap_set_queue_threshold(capture.get(), threshold) == 0);
        REQUIRE(nflogcap_set_flush_timeout(capture.get(), timeout) == 0);
        REQUIRE(nflogcap_set_batch_size(capture.get(), batch) == 0);
        REQUIRE(nflogcap_set_socket_buffer(capture.get(), buffer) == 0);
    };
    std::uint32_t payload_length = 0;
    SECTION("least")
    {
        set(0, 1, 0, 4096, 4096);
    }
    SECTION("most")
    {
        set(65531, std::numeric_limits<std::uint32_t>::max(), 3'600'000, 131'072, 1'073'741'823);
        payload_length = 20 + 8 + 8;
    }
    REQUIRE(nflogcap_start(capture.get()) == 0);
    CHECK(support::stats_of(capture).socket_buffer >= 4096);
    Sender(port).send(1);
    REQUIRE(nflogcap_stop(capture.get()) == 0); // an hour's timeout has not passed
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    CHECK(packet->payload_length == payload_length);
    CHECK(nflogcap_next(capture.get(), &packet, 1000) == -ENODATA);
}

TEST_CASE("the counters of a group and of the handle are equal if there is one group")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::capture_of({group, 6});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == 0);
    support::start(capture);
    Sender(port).send(7);
    int outcome = 0;
    REQUIRE(support::count_packets(capture, 200, outcome) == 7);

    const nflogcap_stats all = support::stats_of(capture);
    const nflogcap_stats one = support::stats_of(capture, group);
    const nflogcap_stats other = support::stats_of(capture, 6);
    CHECK(all.received == 7);
    CHECK(all.delivered == 7);
    CHECK(all.batches == 7);
    CHECK(one.received == all.received);
    CHECK(one.delivered == all.delivered);
    CHECK(one.lost == all.lost);
    CHECK(one.batches == all.batches);
    CHECK(one.bytes == all.bytes);
    CHECK(other.received == 0);
    CHECK(other.batches == 0);
    // Counters that only a handle has.
    CHECK(all.socket_buffer > 0);
    CHECK(one.socket_buffer == 0);
    CHECK(one.delivery == 0);
}

TEST_CASE("a packet does not change until the next call that invalidates it")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "prefix \"held\" group 5"));
    const Handle capture = support::started({group});
    Sender(port).send(3);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 1000) == 1);
    support::stats_of(capture);
    support::stats_of(capture, group);
    nflogcap_fd(capture.get());
    nflogcap_wakeup(capture.get());
    nflogcap_set_snaplen(capture.get(), 1);
    CHECK(packet->seq == 0);
    CHECK(std::string(packet->prefix) == "held");
}
