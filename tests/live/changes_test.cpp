// SPDX-License-Identifier: GPL-2.0-or-later
// Groups and taps that are added and removed while packets are captured.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "tapping.hpp"

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

using live::drop_udp;
using live::log_input;
using live::read_all;
using live::rest_of;
using live::ruleset;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using support::stats_of;

namespace {

constexpr std::size_t bytes = 64;

void check(const Handle& capture, int code)
{
    INFO(nflogcap_error(capture.get()));
    CHECK(code == 0);
}

void check_refused(const Handle& capture, int code, int expected, const std::string& words)
{
    CHECK(code == expected);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring(words));
}

} // namespace

TEST_CASE("a group that is added while packets are captured is captured from then on")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    const Handle capture = support::started({5});
    Sender five(5);
    Sender six(6);
    five.send(3);
    six.send(2); // not captured: no socket is bound to group 6 yet
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, -1) == 1);
    CHECK(nflogcap_get_group_stats(capture.get(), 6, nullptr, 0) == -EINVAL);
    five.send(3); // these wait in the socket while the kernel's answer is read
    check(capture, nflogcap_add_group(capture.get(), 6));
    CHECK(packet->group == 5); // the packet is still valid
    CHECK(packet->seq == 0);
    six.send(4);
    CHECK(read_all(capture) == 2 + 3 + 4);
    CHECK(stats_of(capture, 5).received == 6);
    CHECK(stats_of(capture, 6).received == 4);
    check_refused(capture, nflogcap_add_group(capture.get(), 6), -EEXIST, "was added before");
    five.send(1);
    six.send(1);
    CHECK(rest_of(capture) == 2);
    CHECK(stats_of(capture).unaccounted_batches == 0);

    support::start(capture); // with both groups
    six.send(1);
    CHECK(rest_of(capture) == 1);
}

TEST_CASE("after a group is removed, the packets that the kernel has gathered for it are "
          "delivered, and no later ones")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    const Handle capture = support::capture_of({5, 6});
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), 3'600'000) == 0);
    support::start(capture);
    Sender five(5);
    Sender six(6);
    five.send(3);
    six.send(2);
    check(capture, nflogcap_remove_group(capture.get(), 6));
    six.send(7); // not captured: no socket is bound to group 6 any more
    five.send(1);
    CHECK(stats_of(capture).received == 0);
    CHECK(rest_of(capture) == 3 + 2 + 1);
    CHECK(stats_of(capture, 6).received == 2); // the group's counters stay
    CHECK(stats_of(capture).unaccounted_batches == 0);
    check_refused(capture, nflogcap_remove_group(capture.get(), 6), -ENOENT, "is not captured");

    support::start(capture); // without the group
    six.send(1);
    five.send(1);
    CHECK(rest_of(capture) == 1);
}

TEST_CASE("a capture continues without any group, and with a new one")
{
    const Namespace ns;
    nft(log_input(5, 5));
    const Handle capture = support::started({5});
    Sender sender(5);
    sender.send(2);
    check(capture, nflogcap_remove_group(capture.get(), 5));
    sender.send(3);
    CHECK(read_all(capture) == 2);
    check_refused(capture, nflogcap_add_tap(capture.get(), "input", "udp"), -EINVAL,
                  "there is no group that it can log to");
    check(capture, nflogcap_add_group(capture.get(), 5));
    sender.send(4);
    CHECK(rest_of(capture) == 4);
    CHECK(stats_of(capture, 5).received == 6);
}

TEST_CASE("each binding of a group has its own exact losses")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    const Handle capture = support::capture_of({5, 6});
    REQUIRE(nflogcap_set_socket_buffer(capture.get(), 65536) == 0);
    support::start(capture);
    Sender five(5);
    Sender six(6);
    constexpr std::uint64_t flood = 20'000;
    std::uint64_t sent = 0;
    for (int binding = 0; binding < 10; ++binding) {
        five.send(flood, bytes); // more packets than fit into the socket buffer
        read_all(capture);
        five.send(1, bytes); // this packet's number shows how many were lost before it
        six.send(1, bytes);
        sent += flood + 1;
        if (binding % 2 == 0) // in other rounds packets of this binding stay unread
            read_all(capture);
        check(capture, nflogcap_remove_group(capture.get(), 5));
        check(capture, nflogcap_add_group(capture.get(), 5));
    }
    read_all(capture);
    const nflogcap_stats stats = stats_of(capture, 5);
    CHECK(stats.lost > 0);
    CHECK(stats.received + stats.lost == sent);
    CHECK(stats_of(capture, 6).received + stats_of(capture, 6).lost == 10);
    CHECK(stats_of(capture).malformed == 0);
}

TEST_CASE("1,000 groups are added and removed while others run at full rate without loss")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    const Handle capture = support::started({5, 6});
    std::atomic<bool> is_over = false;
    std::atomic<std::uint64_t> sent = 0;
    std::thread sending([&] {
        Sender five(5);
        Sender six(6);
        while (!is_over) {
            five.send(100, bytes);
            six.send(100, bytes);
            sent += 200;
        }
    });
    const nflogcap_packet* packet = nullptr;
    std::uint64_t read = 0;
    const auto read_some = [&] {
        for (int i = 0; i < 200 && nflogcap_next(capture.get(), &packet, 0) == 1; ++i)
            ++read;
    };
    int failures = 0;
    do { // repeated if the sender was slow to start
        for (std::uint16_t group = 1000; group < 2010; ++group) {
            if (group < 2000)
                failures += nflogcap_add_group(capture.get(), group) != 0 ? 1 : 0;
            read_some();
            if (group >= 1010)
                failures += nflogcap_remove_group(capture.get(), group - 10) != 0 ? 1 : 0;
            read_some();
        }
    } while (sent <= 10'000);
    is_over = true;
    sending.join();
    read += rest_of(capture);
    CHECK(failures == 0);
    CHECK(read == sent);
    CHECK(sent > 10'000);
    CHECK(stats_of(capture).lost == 0);
    CHECK(stats_of(capture).dropped_batches == 0);
    CHECK(stats_of(capture).unaccounted_batches == 0);
    CHECK(stats_of(capture).malformed == 0);
}

TEST_CASE("adaptive delivery also works for a group that is added during a capture, and for one "
          "that is added again")
{
    const Namespace ns;
    nft(log_input(5, 5) + log_input(6, 6));
    const Handle capture = support::capture_of({6});
    REQUIRE(nflogcap_set_delivery(capture.get(), NFLOGCAP_ADAPTIVE) == 0);
    support::start(capture);
    for (int binding = 0; binding < 3; ++binding) {
        check(capture, nflogcap_add_group(capture.get(), 5));
        CHECK(stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
        Sender(5).send(5'000, bytes);
        CHECK(read_all(capture) == 5'000);
        CHECK(stats_of(capture).delivery == NFLOGCAP_BATCHED);
        check(capture, nflogcap_remove_group(capture.get(), 5));
        CHECK(stats_of(capture).delivery == NFLOGCAP_IMMEDIATE);
    }
    Sender(6).send(3);
    CHECK(rest_of(capture) == 3);
}

TEST_CASE("groups that cannot be added or removed leave the capture unchanged")
{
    const Namespace ns;
    nft(log_input(5, 5));
    const Handle other = support::started({9});
    const Handle capture = support::started({5});
    check_refused(capture, nflogcap_add_group(capture.get(), 9), -EPERM, "owned by netlink port");
    check_refused(capture, nflogcap_remove_group(capture.get(), 9), -ENOENT,
                  "cannot remove group 9: it is not captured");
    CHECK(nflogcap_get_group_stats(capture.get(), 9, nullptr, 0) == -EINVAL);
    support::without_capabilities([&] {
        check_refused(capture, nflogcap_add_group(capture.get(), 10), -EPERM, "CAP_NET_ADMIN");
        check_refused(capture, nflogcap_remove_group(capture.get(), 5), -EPERM,
                      "dropped CAP_NET_ADMIN");
    });
    Sender(5).send(3);
    CHECK(read_all(capture) == 3);
    check(capture, nflogcap_add_group(capture.get(),
                                      10)); // at the place of the group that could not be added
    check(capture, nflogcap_remove_group(capture.get(), 10));
    nflogcap_stop(capture.get());
    Sender(5).send(1);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, -1) == 1); // handles the stop
    check_refused(capture, nflogcap_add_group(capture.get(), 10), -EBUSY, "is stopped");
    check_refused(capture, nflogcap_remove_group(capture.get(), 5), -EBUSY, "is stopped");
    check_refused(capture, nflogcap_add_tap(capture.get(), "input", "udp"), -EBUSY, "is stopped");
    CHECK(rest_of(capture) == 0);
}

TEST_CASE("taps are added and removed while packets are captured", "[taps]")
{
    const Namespace ns;
    nft(drop_udp);
    const std::string before = ruleset();
    const Handle capture = live::started({{"input", "udp dport 9"}}, {5});
    Sender nine(9);
    Sender ten(10);
    nine.send(2);
    ten.send(2);
    check(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 10"));
    nine.send(2);
    ten.send(2);
    CHECK(read_all(capture) == 2 + 2 + 2);
    check_refused(capture, nflogcap_remove_group(capture.get(), 5), -EBUSY, "the taps log to it");
    check_refused(capture, nflogcap_remove_tap(capture.get(), "output", "udp dport 9"), -ENOENT,
                  "no tap has this match and hook");

    nine.send(1); // before its tap is removed
    check(capture, nflogcap_remove_tap(capture.get(), "input", "udp dport 9"));
    nine.send(2);
    ten.send(3);
    CHECK(read_all(capture) == 1 + 3);
    check(capture, nflogcap_remove_tap(capture.get(), "input", "udp dport 10"));
    CHECK(ruleset() == before);
    CHECK(nflogcap_tap_group(capture.get()) == -ENOENT);

    check(capture,
          nflogcap_add_group(capture.get(),
                             4)); // the taps log to the lowest group, which is now this one
    check(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 9"));
    CHECK(nflogcap_tap_group(capture.get()) == 4);
    nine.send(2);
    CHECK(read_all(capture) == 2);
    CHECK(stats_of(capture, 4).received == 2);
    CHECK(rest_of(capture) == 0);
    CHECK(ruleset() == before);

    support::start(capture); // with the remaining tap
    nine.send(1);
    ten.send(1);
    CHECK(rest_of(capture) == 1);
}

TEST_CASE("if several taps are equal, the oldest is removed first, so that a tap can be replaced",
          "[taps]")
{
    const Namespace ns;
    nft(drop_udp);
    const Handle capture = live::started({{"input", "udp dport 9"}, {"input", "udp dport 9"}});
    Sender sender(9);
    sender.send(1);
    check(capture, nflogcap_set_option(capture.get(), "tap_prefix", "new: "));
    check(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 9"));
    sender.send(1);
    for (int left = 2; left > 0; --left) {
        check(capture, nflogcap_remove_tap(capture.get(), "input", "udp dport 9"));
        sender.send(1);
    }
    CHECK(read_all(capture) == 2 + 3 + 2 + 1);
    CHECK_THAT(ruleset(), ContainsSubstring("new: "));
    check(capture, nflogcap_remove_tap(capture.get(), "input", "udp dport 9"));
    sender.send(1);
    CHECK(read_all(capture) == 0);
    CHECK(nflogcap_remove_tap(capture.get(), "input", "udp dport 9") == -ENOENT);
    CHECK(rest_of(capture) == 0);
}

TEST_CASE("a tap that is refused while packets are captured changes nothing", "[taps]")
{
    const Namespace ns;
    nft(drop_udp);
    const Handle capture = live::started({{"input", "udp dport 9"}}, {5});
    const std::string before = ruleset();
    check_refused(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 9 counter"), -EINVAL,
                  "more than match");
    check_refused(capture, nflogcap_add_tap(capture.get(), "input", "udp dport nonsense!"), -EINVAL,
                  "cannot tap 'udp dport nonsense!'");
    check_refused(capture, nflogcap_add_tap(capture.get(), "ingress:none", "udp"), -ENODEV,
                  "there is no such device");
    CHECK(ruleset() == before);
    Sender(9).send(2);
    CHECK(rest_of(capture) == 2);
}

TEST_CASE("a tap has its own prefix, priority, limit and sample", "[taps]")
{
    const Namespace ns;
    nft(drop_udp);
    const Handle capture = live::started({{"input", "udp dport 9"}}, {5});
    const auto set = [&](const char* name, const char* value) {
        check(capture, nflogcap_set_option(capture.get(), name, value));
    };
    set("tap_prefix", "web: ");
    set("tap_priority", "filter - 1");
    set("tap_sample", "10");
    check(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 10"));
    set("tap_prefix", nullptr);
    set("tap_priority", "raw");
    set("tap_sample", nullptr);
    set("tap_limit", "1/day burst 3 packets");
    check(capture, nflogcap_add_tap(capture.get(), "input", "udp dport 11"));
    set("tap_limit", nullptr);
    CHECK_THAT(ruleset(), ContainsSubstring("priority filter - 1;") &&
                              ContainsSubstring("log prefix \"web: \" group 5") &&
                              ContainsSubstring("priority raw;") &&
                              ContainsSubstring("limit rate 1/day burst 3 packets"));
    Sender(9).send(1);
    Sender(10).send(100);
    Sender(11).send(100);
    const nflogcap_packet* packet = nullptr;
    std::uint64_t with_prefix = 0;
    std::uint64_t without = 0;
    while (nflogcap_next(capture.get(), &packet, 200) == 1) {
        const bool is_web =
            (packet->present & NFLOGCAP_HAS_PREFIX) != 0 && std::string(packet->prefix) == "web: ";
        (is_web ? with_prefix : without) += 1;
    }
    CHECK(with_prefix == 10);
    CHECK(without == 1 + 3);
    CHECK(rest_of(capture) == 0);
}
