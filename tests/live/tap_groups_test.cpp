// SPDX-License-Identifier: GPL-2.0-or-later
// The group that taps log to.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "tapping.hpp"

#include <cerrno>
#include <cstdlib>

using live::rest_of;
using live::started;
using live::tapping;
using support::Handle;
using support::Namespace;
using support::Sender;
using support::start;

TEST_CASE("taps log to the lowest of the handle's groups", "[taps]")
{
    const Namespace ns;
    const Handle capture = tapping({{"output", "udp dport 9"}}, {300, 7});
    CHECK(nflogcap_tap_group(capture.get()) == 7);
    start(capture);
    Sender(9).send(3);
    CHECK(rest_of(capture) == 3);
    CHECK(support::stats_of(capture, 7).received == 3);
    CHECK(support::stats_of(capture, 300).received == 0);
}

TEST_CASE("without a group the start chooses the highest free group, and later starts keep it",
          "[taps]")
{
    const Namespace ns;
    const Handle neighbours = support::started({65535, 65533});
    const Handle capture = tapping({{"output", "udp dport 9"}});
    CHECK(nflogcap_tap_group(capture.get()) == -ENOTCONN);
    start(capture);
    CHECK(nflogcap_tap_group(capture.get()) == 65534);
    const Handle second = started({{"output", "udp dport 9"}});
    CHECK(nflogcap_tap_group(second.get()) == 65532);
    Sender(9).send(3);
    CHECK(rest_of(capture) == 3);
    CHECK(rest_of(second) == 3);
    CHECK(support::stats_of(capture, 65534).received == 3);

    start(capture); // again, with the same taps and group
    CHECK(nflogcap_tap_group(capture.get()) == 65534);
    Sender(9).send(2);
    CHECK(rest_of(capture) == 2);

    const Handle untapped = support::started({5});
    CHECK(nflogcap_tap_group(untapped.get()) == -ENOENT);
}

TEST_CASE("a free group is found even if the owners of groups are not visible", "[taps]")
{
    const Namespace ns;
    const Handle neighbours = support::started({65535, 65534});
    REQUIRE(std::system("chmod 0 /proc/thread-self/net/netfilter/nfnetlink_log") == 0);
    const Handle capture = tapping({{"output", "udp dport 9"}});
    int code = 0;
    support::with_net_admin_alone([&] { code = nflogcap_start(capture.get()); });
    CHECK(code == 0);
    CHECK(nflogcap_tap_group(capture.get()) == 65533);
}
