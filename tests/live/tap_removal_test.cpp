// SPDX-License-Identifier: GPL-2.0-or-later
// The table with the taps: it belongs only to the capture, and nothing of it remains.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "tapping.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <spawn.h>
#include <string>
#include <unistd.h>

using live::rest_of;
using live::ruleset;
using live::started;
using live::tapping;
using support::Handle;
using support::Namespace;
using support::nft;
using support::OtherProcess;
using support::Sender;

TEST_CASE("when the capture stops or closes, nothing of its taps remains", "[taps]")
{
    const Namespace ns;
    nft("table inet others {\n set ports {\n type inet_service; elements = { 1, 2 }\n }\n"
        " chain in {\n type filter hook input priority 0; tcp dport @ports accept\n"
        "  udp dport 9 drop\n }\n}\n");
    const std::string before = ruleset();
    Handle capture = started({{nullptr, "udp dport { 9, 10 }"}, {"ingress:lo", "meta mark 1-5"}});
    CHECK_THAT(ruleset(), ContainsSubstring("nflogcap-65535") && ContainsSubstring("flags owner"));
    SECTION("after a stop, as soon as next notices it")
    {
        Sender sender(9);
        sender.send(5);
        nflogcap_stop(capture.get());
        const nflogcap_packet* packet = nullptr;
        CHECK(nflogcap_next(capture.get(), &packet, -1) == 1);
        CHECK(ruleset() == before);
        sender.send(5);
        CHECK(rest_of(capture) == 9); // at output and prerouting, without the packet read above
    }
    SECTION("after a close")
    {
        capture.reset();
        CHECK(ruleset() == before);
    }
    SECTION("after a close without privileges")
    {
        support::without_capabilities([&] { capture.reset(); });
        CHECK(ruleset() == before);
    }
    SECTION("after a close while a child of fork() holds the sockets")
    {
        const OtherProcess child([] {});
        capture.reset();
        CHECK(ruleset() == before);
    }
    SECTION("but a close in the child removes nothing")
    {
        const OtherProcess child([&] { capture.reset(); });
        CHECK_THAT(ruleset(), ContainsSubstring("nflogcap-65535"));
        Sender(9).send(5);
        CHECK(rest_of(capture) == 10);
    }
}

TEST_CASE("kill -9 of a tapping process leaves the ruleset unchanged", "[taps]")
{
    const Namespace ns;
    nft("table inet others {\n chain in {\n type filter hook input priority 0; tcp dport 1 accept\n"
        " }\n}\n");
    const std::string before = ruleset();
    OtherProcess child([] {
        started({{nullptr, "tcp dport { 80, 443 }"}}).release();
        // A program that was executed meanwhile does not hold the table.
        std::string program = "sleep";
        std::string seconds = "1";
        std::array<char*, 3> words = {program.data(), seconds.data(), nullptr};
        pid_t sleeper = 0;
        REQUIRE(posix_spawnp(&sleeper, "sleep", nullptr, nullptr, words.data(), environ) == 0);
    });
    CHECK_THAT(ruleset(), ContainsSubstring("nflogcap-65535"));
    child.kill();
    CHECK(ruleset() == before);
}

TEST_CASE("no other process can change the taps, and a flush of the ruleset does not remove them",
          "[taps]")
{
    const Namespace ns;
    const Handle capture = started({{"output", "udp dport 9"}}, {5});
    nft("flush ruleset");
    CHECK_THROWS(nft("delete table inet nflogcap-5"));
    Sender(9).send(3);
    CHECK(rest_of(capture) == 3);
}

TEST_CASE("a table with the same name is not changed", "[taps]")
{
    const Namespace ns;
    nft("table inet nflogcap-5 {\n chain tap-1 {\n tcp dport 1 accept\n }\n}\n"
        "table inet nflogcap-5-2 {\n}\n");
    const std::string before = ruleset();
    const Handle capture = started({{"output", "udp dport 9"}}, {5});
    CHECK_THAT(ruleset(), ContainsSubstring("table inet nflogcap-5-3"));
    Sender(9).send(3);
    CHECK(rest_of(capture) == 3);
    CHECK(ruleset() == before);
}

TEST_CASE("opening and closing tapping captures two hundred times leaves nothing behind", "[taps]")
{
    const Namespace ns;
    const auto descriptors = [] {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
            names.insert(entry.path());
        return names;
    };
    const std::set<std::string> before = descriptors();
    for (int i = 0; i < 200; ++i) {
        const Handle capture = tapping({{nullptr, i % 2 == 0 ? "udp dport { 1, 2 }" : "udp dprt"}});
        CHECK(nflogcap_start(capture.get()) == (i % 2 == 0 ? 0 : -EINVAL));
    }
    CHECK(descriptors() == before);
    CHECK(ruleset().empty());
}
