// SPDX-License-Identifier: GPL-2.0-or-later
// The owner of a group, from its binding to its release.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "other_process.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <string>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

int try_to_bind(std::uint16_t group)
{
    const auto capture = support::capture_of({group});
    return nflogcap_start(capture.get());
}

} // namespace

TEST_CASE("a start with a group that another handle has bound fails with EPERM and names the owner")
{
    const Namespace ns;
    const auto owner = support::started({5});
    const auto second = support::capture_of({4, 5});
    CHECK(nflogcap_start(second.get()) == -EPERM);
    const std::string words = nflogcap_error(second.get());
    CHECK_THAT(words, ContainsSubstring("group 5") && ContainsSubstring("owned by netlink port") &&
                          ContainsSubstring("(this process)"));
    CHECK(try_to_bind(4) == 0); // groups bound before the failure are free again
}

TEST_CASE("the refusal of a group names the process that owns it, and the group is free at once "
          "after kill -9")
{
    const Namespace ns;
    support::OtherProcess child([] { support::started({5}).release(); });
    const auto second = support::capture_of({5});
    CHECK(nflogcap_start(second.get()) == -EPERM);
    CHECK_THAT(nflogcap_error(second.get()),
               ContainsSubstring("owned by netlink port") &&
                   ContainsSubstring("(process " + std::to_string(child.pid()) + ", live_tests)"));
    child.kill();
    INFO(nflogcap_error(second.get()));
    CHECK(nflogcap_start(second.get()) == 0);
}

TEST_CASE("a failed open does not change its result pointer and reports why it failed")
{
    const Namespace ns;
    const auto owner = support::started({5});
    const std::uint16_t groups[] = {5};
    nflogcap* handle = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    CHECK(nflogcap_open(&handle, groups, 1, error.data(), error.size()) == -EPERM);
    CHECK_THAT(error.data(), ContainsSubstring("cannot bind group 5: it is owned by"));
    CHECK(handle == nullptr);
    CHECK(nflogcap_open(&handle, groups, 0, nullptr, 0) == -EINVAL);
    const std::uint16_t twice[] = {6, 6};
    CHECK(nflogcap_open(&handle, twice, 2, nullptr, 0) == -EEXIST);
    CHECK(handle == nullptr);
}

TEST_CASE("after a close the group can be bound at once")
{
    const Namespace ns;
    for (int i = 0; i < 100; ++i)
        REQUIRE(try_to_bind(5) == 0);
}

TEST_CASE("a child of fork does not keep the group after the parent's close")
{
    const Namespace ns;
    auto capture = support::started({5});
    const support::OtherProcess child([] {});
    capture.reset();
    CHECK(try_to_bind(5) == 0);
}

TEST_CASE("a child of fork that closes its copy leaves the parent's group bound")
{
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    auto capture = support::started({5});
    const support::OtherProcess child([&] { capture.reset(); });
    Sender(9).send(1);
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, 2000) == 1);
}

TEST_CASE("one handle delivers the packets of 300 groups")
{
    constexpr std::uint16_t groups = 300;
    const Namespace ns;
    auto capture = support::capture_of({});
    std::string map;
    for (std::uint16_t group = 0; group < groups; ++group) {
        REQUIRE(nflogcap_add_group(capture.get(), group) == 0);
        map += " udp dport " + std::to_string(1000 + group) + " log group " +
               std::to_string(group) + " drop;";
    }
    nft("table inet t { chain c { type filter hook prerouting priority 0;" + map + " }; }");
    support::start(capture);
    for (std::uint16_t group = 0; group < groups; ++group)
        Sender(static_cast<std::uint16_t>(1000 + group)).send(1);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == groups);
    CHECK(outcome == -ENODATA);
    for (std::uint16_t group = 0; group < groups; ++group)
        CHECK(support::stats_of(capture, group).received == 1);
}

TEST_CASE("a capture can be configured before it starts, but not while it runs")
{
    const Namespace ns;
    const auto capture = support::started({5});
    CHECK(nflogcap_set_snaplen(capture.get(), 96) == -EBUSY);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring("the capture has started"));
    CHECK(nflogcap_set_conntrack(capture.get(), 1) == -EBUSY);
    CHECK(nflogcap_set_delivery(capture.get(), NFLOGCAP_IMMEDIATE) == -EBUSY);
    CHECK(nflogcap_start(capture.get()) == -EBUSY);
}

TEST_CASE("conntrack entries are delivered, or the start reports that this kernel has none")
{
    const Namespace ns;
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_conntrack(capture.get(), 1) == 0);
    const int code = nflogcap_start(capture.get());
    if (code < 0) {
        CHECK(code == -EOPNOTSUPP);
        CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring("conntrack"));
        REQUIRE(nflogcap_set_conntrack(capture.get(), 0) == 0);
        CHECK(nflogcap_start(capture.get()) == 0);
    } else {
        nft("table inet t { chain c { type filter hook input priority 0; ct state new udp dport 9 "
            "log group 5 drop; }; }");
        Sender(9).send(1);
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, 2000) == 1);
        CHECK((packet->present & NFLOGCAP_HAS_CT) != 0);
        nflogcap_conntrack entry;
        REQUIRE(nflogcap_packet_conntrack(packet, &entry, sizeof entry) == 0);
        CHECK(std::string(entry.state) == "new");
        CHECK(std::string(entry.direction) == "original");
        CHECK((entry.has & NFLOGCAP_CONNTRACK_HAS_ID) != 0);
        CHECK(entry.original.protocol == IPPROTO_UDP);
        CHECK(entry.original.destination_port == 9);
        CHECK(entry.reply.source_port == 9);
    }
}
