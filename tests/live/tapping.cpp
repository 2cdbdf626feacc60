// SPDX-License-Identifier: GPL-2.0-or-later
#include "tapping.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace live {

using support::capture_of;
using support::Handle;
using support::start;

namespace {

// The output of a command, including standard error.
std::string output_of(const std::string& command)
{
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                                     pclose);
    REQUIRE(pipe);
    std::string text;
    std::array<char, 4096> piece{};
    while (std::fgets(piece.data(), piece.size(), pipe.get()) != nullptr)
        text += piece.data();
    return text;
}

} // namespace

Handle tapping(std::initializer_list<Tapped> taps, std::initializer_list<std::uint16_t> groups)
{
    Handle capture = capture_of(groups);
    for (const Tapped& tap : taps) {
        const int code = nflogcap_add_tap(capture.get(), tap.hook, tap.match);
        INFO(nflogcap_error(capture.get()));
        REQUIRE(code == 0);
    }
    return capture;
}

Handle started(std::initializer_list<Tapped> taps, std::initializer_list<std::uint16_t> groups)
{
    Handle capture = tapping(taps, groups);
    start(capture);
    return capture;
}

std::string log_input(std::uint16_t port, std::uint16_t group)
{
    return "table inet g" + std::to_string(group) +
           " {\n chain c {\n  type filter hook input priority 0\n  udp dport " +
           std::to_string(port) + " log group " + std::to_string(group) + " drop\n }\n}\n";
}

std::uint64_t read_all(const support::Handle& capture)
{
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, 200, outcome);
    CHECK(outcome == 0);
    return packets;
}

std::uint64_t rest_of(const Handle& capture)
{
    nflogcap_stop(capture.get());
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, -1, outcome);
    CHECK(outcome == -ENODATA);
    CHECK(support::stats_of(capture).lost == 0);
    return packets;
}

std::string ruleset()
{
    return output_of("PATH=$PATH:/usr/sbin:/sbin nft list ruleset");
}

} // namespace live
