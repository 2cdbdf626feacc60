// SPDX-License-Identifier: GPL-2.0-or-later
// The rules that a capture lays itself, and that nothing of them stays.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "topology.hpp"
#include "wire.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/netlink.h>
#include <memory>
#include <regex>
#include <set>
#include <spawn.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using support::capture_of;
using support::Handle;
using support::Namespace;
using support::nft;
using support::OtherProcess;
using support::Sender;
using support::start;
using support::Topology;
using support::Visit;

namespace {

// What a command prints, on standard error too.
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

std::string ruleset()
{
    return output_of("PATH=$PATH:/usr/sbin:/sbin nft list ruleset");
}

struct Tapped {
    const char* hook;
    const char* match;
};

Handle tapping(std::initializer_list<Tapped> taps, std::initializer_list<std::uint16_t> groups = {})
{
    Handle capture = capture_of(groups);
    for (const Tapped& tap : taps) {
        const int code = nflogcap_add_tap(capture.get(), tap.hook, tap.match);
        INFO(nflogcap_error(capture.get()));
        REQUIRE(code == 0);
    }
    return capture;
}

Handle started(std::initializer_list<Tapped> taps, std::initializer_list<std::uint16_t> groups = {})
{
    Handle capture = tapping(taps, groups);
    start(capture);
    return capture;
}

// Stops the capture, and counts what it then still gives.
std::uint64_t rest_of(const Handle& capture)
{
    nflogcap_stop(capture.get());
    int outcome = 0;
    const std::uint64_t packets = support::count_packets(capture, -1, outcome);
    CHECK(outcome == -ENODATA);
    CHECK(support::stats_of(capture).lost == 0);
    return packets;
}

// What the start of a capture with this tap says.
struct Refusal {
    int code;
    std::string words;
};

Refusal refusal_of(const char* hook, const char* match)
{
    const Handle capture = capture_of({});
    int code = nflogcap_add_tap(capture.get(), hook, match);
    if (code == 0)
        code = nflogcap_start(capture.get());
    return {code, nflogcap_error(capture.get())};
}

// One datagram from a place to an address of either family.
void send_from(const support::Place& place, const std::string& address, std::uint16_t port)
{
    const Visit visit(place);
    sockaddr_storage to{};
    socklen_t length = sizeof(sockaddr_in);
    auto& to4 = reinterpret_cast<sockaddr_in&>(to);
    if (inet_pton(AF_INET, address.c_str(), &to4.sin_addr) == 1) {
        to4.sin_family = AF_INET;
        to4.sin_port = htons(port);
    } else {
        auto& to6 = reinterpret_cast<sockaddr_in6&>(to);
        REQUIRE(inet_pton(AF_INET6, address.c_str(), &to6.sin6_addr) == 1);
        to6.sin6_family = AF_INET6;
        to6.sin6_port = htons(port);
        length = sizeof to6;
    }
    const int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd >= 0);
    CHECK(sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), length) == 1);
    close(fd);
}

} // namespace

TEST_CASE("each hook taps the packets that pass there, of IPv4 and IPv6", "[taps]")
{
    const Topology topology(Topology::Form::routed);
    struct Place {
        const char* hook;
        const support::Place& sender;
        const char* to_ipv4;
        const char* to_ipv6;
        int hook_number;
    };
    const std::array<Place, 6> places = {{
        {"prerouting", topology.a, Topology::b_ipv4, Topology::b_ipv6, 0},
        {"input", topology.a, Topology::middle_ipv4, Topology::middle_ipv6, 1},
        {"forward", topology.a, Topology::b_ipv4, Topology::b_ipv6, 2},
        {"output", topology.middle, Topology::b_ipv4, Topology::b_ipv6, 3},
        {"postrouting", topology.a, Topology::b_ipv4, Topology::b_ipv6, 4},
        {"ingress:ra", topology.a, Topology::b_ipv4, Topology::b_ipv6, 0},
    }};
    for (const Place& place : places) {
        DYNAMIC_SECTION(place.hook)
        {
            Handle capture;
            {
                const Visit visit(topology.middle);
                capture = started({{place.hook, "udp dport 9"}});
            }
            send_from(place.sender, place.to_ipv4, 9);
            send_from(place.sender, place.to_ipv6, 9);
            send_from(place.sender, place.to_ipv4, 10);
            nflogcap_stop(capture.get());
            const nflogcap_packet* packet = nullptr;
            std::vector<int> families;
            int outcome = 0;
            while ((outcome = nflogcap_next(capture.get(), &packet, -1)) == 1) {
                families.push_back(packet->family);
                CHECK(packet->hook == place.hook_number);
                CHECK(packet->group == 65535);
                CHECK(packet->payload_length == packet->wire_length);
            }
            CHECK(outcome == -ENODATA);
            const bool is_at_ingress = place.hook == std::string("ingress:ra");
            CHECK(families == (is_at_ingress ? std::vector<int>{5, 5} : std::vector<int>{2, 10}));
        }
    }
}

TEST_CASE("without a hook a tap has what comes in and what is sent, each packet once", "[taps]")
{
    const Topology topology(Topology::Form::routed);
    Handle capture;
    {
        const Visit visit(topology.middle);
        capture = started({{nullptr, "udp dport 9"}});
    }
    send_from(topology.a, Topology::b_ipv4, 9);      // forwarded
    send_from(topology.a, Topology::middle_ipv6, 9); // for this host
    send_from(topology.middle, Topology::b_ipv6, 9); // of this host
    CHECK(rest_of(capture) == 3);
}

TEST_CASE("a packet is tapped before a rule drops or changes it", "[taps]")
{
    const Namespace ns;
    nft("table inet filter {\n chain in {\n type filter hook prerouting priority mangle\n"
        "  udp dport 9 drop\n }\n}\n");
    const Handle capture = started({{"prerouting", "udp dport 9"}, {"prerouting", "ct state new"}});
    Sender(9).send(10);
    CHECK(rest_of(capture) == 20); // both taps match each
}

TEST_CASE("a tap without a match logs all, and its rule leaves the group's settings in force",
          "[taps]")
{
    const Namespace ns;
    const char* everything = GENERATE(static_cast<const char*>(nullptr), "");
    const Handle capture = tapping({{"output", everything}}, {5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), 30) == 0);
    start(capture);
    Sender(9).send(100, 64); // and the ICMP error for each that is not limited
    nflogcap_stop(capture.get());
    const nflogcap_packet* packet = nullptr;
    std::uint64_t packets = 0;
    while (nflogcap_next(capture.get(), &packet, -1) == 1) {
        ++packets;
        CHECK(packet->payload_length == 30);
        CHECK(packet->wire_length > 64);
        CHECK(std::string(packet->prefix).empty());
    }
    CHECK(packets >= 100);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.batches < 20); // gathered
    CHECK(stats.lost == 0);
}

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

TEST_CASE("without a group the start chooses the highest that is free, and keeps it", "[taps]")
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

TEST_CASE("a free group is found where the owners of others are not to be seen", "[taps]")
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

TEST_CASE("when the capture stops or closes, nothing of its taps is left", "[taps]")
{
    const Namespace ns;
    nft("table inet others {\n set ports {\n type inet_service; elements = { 1, 2 }\n }\n"
        " chain in {\n type filter hook input priority 0; tcp dport @ports accept\n"
        "  udp dport 9 drop\n }\n}\n");
    const std::string before = ruleset();
    Handle capture = started({{nullptr, "udp dport { 9, 10 }"}, {"ingress:lo", "meta mark 1-5"}});
    CHECK_THAT(ruleset(), ContainsSubstring("nflogcap-65535") && ContainsSubstring("flags owner"));
    SECTION("by a stop, as soon as next sees it")
    {
        Sender sender(9);
        sender.send(5);
        nflogcap_stop(capture.get());
        const nflogcap_packet* packet = nullptr;
        CHECK(nflogcap_next(capture.get(), &packet, -1) == 1);
        CHECK(ruleset() == before);
        sender.send(5);
        CHECK(rest_of(capture) == 9); // output and prerouting, less the one above
    }
    SECTION("by a close")
    {
        capture.reset();
        CHECK(ruleset() == before);
    }
    SECTION("by a close without privileges")
    {
        support::without_capabilities([&] { capture.reset(); });
        CHECK(ruleset() == before);
    }
    SECTION("by a close while a child of fork() holds the sockets")
    {
        const OtherProcess child([] {});
        capture.reset();
        CHECK(ruleset() == before);
    }
    SECTION("but not by a close in the child")
    {
        const OtherProcess child([&] { capture.reset(); });
        CHECK_THAT(ruleset(), ContainsSubstring("nflogcap-65535"));
        Sender(9).send(5);
        CHECK(rest_of(capture) == 10);
    }
}

TEST_CASE("kill -9 of a tapping process leaves the ruleset as it was", "[taps]")
{
    const Namespace ns;
    nft("table inet others {\n chain in {\n type filter hook input priority 0; tcp dport 1 accept\n"
        " }\n}\n");
    const std::string before = ruleset();
    OtherProcess child([] {
        started({{nullptr, "tcp dport { 80, 443 }"}}).release();
        // What a program executes in the meantime does not hold the table.
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

TEST_CASE("no one else can change the taps, and a flush of the ruleset leaves them", "[taps]")
{
    const Namespace ns;
    const Handle capture = started({{"output", "udp dport 9"}}, {5});
    nft("flush ruleset");
    CHECK_THROWS(nft("delete table inet nflogcap-5"));
    Sender(9).send(3);
    CHECK(rest_of(capture) == 3);
}

TEST_CASE("a table of the same name is left alone", "[taps]")
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

TEST_CASE("a match that nft does not understand is refused in its words, and leaves no table",
          "[taps]")
{
    const Namespace ns;
    struct Wrong {
        const char* match;
        const char* words;
    };
    const auto wrong = GENERATE(values<Wrong>({
        {"tcp dprt 443", "nft says: syntax error, unexpected string, at 'dprt'"},
        {"ip saddr 10.0.0.0/8 and x", "at its end"},
        {"tcp dport", "at its end"},
        {"tcp dport @ports", "at '@ports'"},
        {"iif no_such_device", "Interface does not exist, at 'no_such_device'"},
        {"tcp dport 1 }", "syntax error"},
        {"tcp dport { 1", "syntax error"},
        {"rule", "syntax error"},
        {"$group", "unknown identifier 'group'"},
    }));
    CAPTURE(wrong.match);
    const Refusal refusal = refusal_of("output", wrong.match);
    CHECK(refusal.code == -EINVAL);
    CHECK_THAT(refusal.words, ContainsSubstring(std::string("cannot tap '") + wrong.match + "'") &&
                                  ContainsSubstring(wrong.words));
    CHECK(std::ranges::count(refusal.words, '\n') == 0);
    CHECK(ruleset().empty());
    const Handle all = support::started({65535}); // nor is its group left bound
}

TEST_CASE("nothing but a match gets into the ruleset", "[taps]")
{
    const Namespace ns;
    const char* match = GENERATE(
        "tcp dport 22 drop", "accept", "tcp dport 22 reject", "queue", "return", "continue",
        "jump tap-1", "goto tap-1", "log", "tcp dport 22 log group 65535", "log prefix \"x\"",
        "tcp dport vmap { 22 : drop }", "meta mark set 5", "ct mark set 5", "meta priority set 1:1",
        "ip dscp set 4", "ip ttl set 1", "tcp option maxseg size set 1400",
        "reset tcp option sack-perm", "meta nftrace set 1", "notrack", "counter", "masquerade",
        "tproxy ip to 127.0.0.1:1", "dup to 127.0.0.1", "udp dport 9; drop", "udp dport 9\ndrop",
        "udp dport 9 accept #", "udp dport 9 log group 65535 drop #", "udp dport 9\rdrop",
        "ct count 10", "ct count over 10 udp dport 9", "meter m { ip saddr counter }",
        "udp dport { 9 counter, 10 counter }", "ip saddr . udp dport { 1.2.3.4 . 9-10 counter }",
        "ip protocol { tcp limit rate 1/second, udp limit rate 1/second }",
        "udp dport 9 }; flush ruleset", "udp dport 9\nadd table inet x", "comment \"x\" drop",
        "include \"/etc/passwd\"", "udp dport 9 log group 65535 comment \"");
    CAPTURE(match);
    nft("table inet others {\n}\n");
    const std::string before = ruleset();
    const Refusal refusal = refusal_of("output", match);
    CHECK(refusal.code == -EINVAL);
    CHECK_THAT(refusal.words, ContainsSubstring("cannot tap '"));
    CHECK(ruleset() == before);
}

TEST_CASE("two matches cannot make one rule together", "[taps]")
{
    const Namespace ns;
    struct Pair {
        const char* first;
        const char* second;
    };
    const auto pair =
        GENERATE(values<Pair>({{"udp dport { 9", "10 }"}, {"udp dport 9", "} drop"}}));
    CAPTURE(pair.first);
    const Handle capture = tapping({{"output", pair.first}, {"output", pair.second}}, {5});
    CHECK(nflogcap_start(capture.get()) == -EINVAL);
    CHECK(ruleset().empty());
    const Handle open_ended = capture_of({5});
    for (const char* match : {"iifname \"lo", "log prefix \"", "\""}) {
        CHECK(nflogcap_add_tap(open_ended.get(), "output", match) == -EINVAL);
        CHECK_THAT(nflogcap_error(open_ended.get()), ContainsSubstring("quotation mark"));
    }
}

TEST_CASE("the tap that is wrong is named, wherever it stands", "[taps]")
{
    const Namespace ns;
    const std::array matches = {"udp dport 9", "tcp", "udp dport { 9, 10 }"};
    for (std::size_t wrong = 0; wrong <= matches.size(); ++wrong) {
        for (const char* match : {"tcp dprt 443", "tcp dport", "udp dport @none", "jump {"}) {
            const Handle capture = capture_of({5});
            for (std::size_t tap = 0; tap <= matches.size(); ++tap) {
                const char* words = tap == wrong ? match : matches[tap % matches.size()];
                REQUIRE(nflogcap_add_tap(capture.get(), nullptr, words) == 0);
            }
            CHECK(nflogcap_start(capture.get()) == -EINVAL);
            CHECK_THAT(
                nflogcap_error(capture.get()),
                Catch::Matchers::StartsWith(std::string("cannot tap '") + match + "': nft says: "));
        }
    }
}

TEST_CASE("a match that would change a setting for good does not come as far as nft", "[taps]")
{
    const Namespace ns;
    const char* match =
        GENERATE("ct bytes > 5", "ct\toriginal  packets > 5", "udp dport 9 ct reply avgpkt 5",
                 "ct bytes original 5", "udp dport . ct bytes { 9 . 5 }", "osf name \"Linux\"",
                 "tcp dport 22 osf ttl skip version \"Linux:3.0\"");
    CAPTURE(match);
    const Handle capture = capture_of({});
    CHECK(nflogcap_add_tap(capture.get(), "output", match) == -EINVAL);
    CHECK_THAT(nflogcap_error(capture.get()),
               ContainsSubstring("cannot tap '") && ContainsSubstring("outlives the tap"));
    int accounting = -1;
    std::ifstream("/proc/sys/net/netfilter/nf_conntrack_acct") >> accounting;
    CHECK(accounting != 1);
}

TEST_CASE("a match on ct turns on connection tracking and defragmentation, until the last such tap "
          "is removed",
          "[taps]")
{
    const live::Wire wire(Topology::Form::routed);
    const Visit visit(wire.middle());
    const std::vector<live::Bytes> fragments = live::lone_fragments();
    const auto forwarded = [&] { return wire.carry(fragments).size(); };
    const auto connections = [] {
        int count = -1;
        std::ifstream("/proc/sys/net/netfilter/nf_conntrack_count") >> count;
        return count;
    };
    CHECK(forwarded() == fragments.size());
    {
        const Handle other = started({{"prerouting", "limit rate 1/second ip frag-off != 0"}});
        CHECK(forwarded() == fragments.size());
    }
    CHECK(connections() <= 0); // there is no number where nothing was ever tracked
    Handle first = started({{"prerouting", "ct state new"}});
    CHECK(forwarded() == 0);
    CHECK(connections() > 0); // of the packet behind the fragments
    Handle second = started({{"forward", "ct mark 0"}});
    first.reset();
    CHECK(forwarded() == 0);
    second.reset();
    CHECK(forwarded() == fragments.size());
    CHECK(connections() > 0); // remembered until it times out
}

TEST_CASE("a tap at an ingress leaves packets alone whose headers the kernel cannot follow",
          "[taps]")
{
    live::Bytes damaged = live::udp_packet(9, "damaged");
    damaged.at(0) = 0x41; // an IPv4 header of 4 bytes, which a bridge forwards
    const auto carried = [](Topology::Form form, const std::vector<live::Bytes>& packets) {
        const live::Wire wire(form);
        CHECK(wire.carry(packets) == packets);
        const Visit visit(wire.middle());
        const Handle ingress = started({{"ingress:ra", "udp dport 10"}, {"ingress:ra", nullptr}});
        CHECK(wire.carry(packets) == packets);
        CHECK(rest_of(ingress) >= packets.size());
    };
    carried(Topology::Form::bridged, {live::udp_packet(9, "sound"), damaged});
    const live::Wire wire(Topology::Form::routed);
    const std::vector<live::Bytes> packets = live::headers_without_end();
    const std::vector<live::Bytes> routed = wire.carry(packets);
    CHECK(routed.size() == packets.size());
    const Visit visit(wire.middle());
    const Handle ingress = started({{"ingress:ra", "udp dport 10"}});
    CHECK(wire.carry(packets) == routed);
}

TEST_CASE("taps at an ingress and at other hooks together", "[taps]")
{
    const Namespace ns;
    const Handle capture = started({{"ingress:lo", "ip"}, {"output", "ip"}, {"ingress:lo", "ip6"}});
    Sender(9).send(2);
    CHECK(rest_of(capture) >= 4);
    CHECK(ruleset().empty());
}

TEST_CASE("a match may have as many comparisons as a rule of nft's", "[taps]")
{
    const Namespace ns;
    for (const int comparisons : {37, 38, 60}) { // the kernel takes 128 expressions
        CAPTURE(comparisons);
        std::string match = "tcp dport 5";
        for (int i = 1; i < comparisons; ++i)
            match += " tcp sport 6";
        const Handle capture = started({{"output", match.c_str()}});
        CHECK(nflogcap_tap_group(capture.get()) > 0);
    }
}

TEST_CASE("a child of fork() can tap whatever its parent's threads did", "[taps]")
{
    const Namespace ns;
    const auto tap_once = [] { // without an assertion, since the test's thread alone may make one
        nflogcap* capture = nullptr;
        int code = nflogcap_new(&capture);
        if (code == 0)
            code = nflogcap_add_tap(capture, "output", "udp dport 9");
        if (code == 0)
            code = nflogcap_start(capture);
        nflogcap_close(capture);
        return code;
    };
    std::atomic<bool> ends = false;
    std::thread tapper([&] {
        while (!ends)
            tap_once();
    });
    for (int child = 0; child < 50; ++child) {
        const pid_t pid = fork();
        if (pid == 0)
            _exit(tap_once() == 0 ? 0 : 1);
        int status = -1;
        REQUIRE(waitpid(pid, &status, 0) == pid);
        CHECK(status == 0);
    }
    ends = true;
    tapper.join();
}

TEST_CASE("what nft can match with, a tap can", "[taps]")
{
    const Namespace ns;
    const char* match = GENERATE(
        "udp", "ip", "udp dport 9", "udp dport { 9, 10-20 }", "ip saddr 127.0.0.0/8",
        "meta l4proto udp", "ip saddr . udp dport { 127.0.0.1 . 9 }", "ct state new",
        "limit rate 1000/second", "limit rate 1000/second burst 100 packets",
        "numgen inc mod 2 0-1", "fib daddr type local", "meta skuid 0-1000000", "oifname \"lo\"",
        "oif lo", "udp length 1-1000", "jhash ip saddr mod 4 0-3", "quota until 1 mbytes",
        "ip dscp 0 udp dport 9", "@th,16,16 9", "meta mark & 1 == 0", "\tudp dport 9",
        "iifname != \"osf\"", "ct original ip saddr 127.0.0.1");
    CAPTURE(match);
    const Handle capture = tapping({{"output", match}});
    const int code = nflogcap_start(capture.get());
    INFO(nflogcap_error(capture.get()));
    REQUIRE(code == 0);
    Sender(9).send(4);
    CHECK(rest_of(capture) >= 4);
}

TEST_CASE("the matches of docs/taps.md are understood", "[taps]")
{
    const Namespace ns;
    std::ifstream page(TAPS_MD);
    const std::regex row("\\| `([^`]+)` \\|.*");
    int matches = 0;
    for (std::string line; std::getline(page, line);) {
        std::smatch cells;
        if (!std::regex_match(line, cells, row))
            continue;
        ++matches;
        CAPTURE(cells.str(1));
        const Refusal refusal = refusal_of("output", cells.str(1).c_str());
        CHECK(refusal.words.empty());
    }
    CHECK(matches == 9);
}

TEST_CASE("what cannot be tapped where it is asked for is refused in words", "[taps]")
{
    const Namespace ns;
    for (const char* hook : {"foo", "ingress", "ingress:", "ingress:a/b", "ingress:\"", "Input",
                             "egress:lo", "ingress:sixteen_letters_", "output ", "ingress:l*"}) {
        const Refusal refusal = refusal_of(hook, "udp dport 9");
        CHECK(refusal.code == -EINVAL);
        CHECK_THAT(refusal.words, ContainsSubstring(std::string("cannot tap at '") + hook + "'") &&
                                      ContainsSubstring("ingress:eth0"));
    }
    support::ip("link property add dev lo altname eth8\n");
    for (const std::string name : {"eth7", "eth8"}) { // not there, and only an alternative name
        const Refusal device = refusal_of(("ingress:" + name).c_str(), "udp dport 9");
        CHECK(device.code == -ENODEV);
        CHECK_THAT(device.words,
                   ContainsSubstring("at ingress of " + name + ": there is no such device"));
    }
    const Refusal unsupported = refusal_of("output", "fib saddr oif lo");
    CHECK(unsupported.code == -EOPNOTSUPP);
    CHECK_THAT(unsupported.words, ContainsSubstring("at output: Operation not supported"));
    CHECK(ruleset().empty());
}

TEST_CASE("one tap of several that is wrong leaves none", "[taps]")
{
    const Namespace ns;
    const Handle capture = tapping({{"output", "udp dport 9"}, {"output", "udp dprt 10"}}, {5});
    CHECK(nflogcap_start(capture.get()) == -EINVAL);
    CHECK(ruleset().empty());
    const Handle second = support::started({5});
}

TEST_CASE("taps are laid in the network namespace of the capture", "[taps]")
{
    std::string path;
    int fd = -1;
    std::unique_ptr<Sender> sender;
    {
        const Namespace there;
        REQUIRE(std::system("ip link add only_there type veth") == 0);
        fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
        REQUIRE(fd >= 0);
        sender = std::make_unique<Sender>(9);
    }
    const Namespace here;
    const Handle capture = tapping({{"output", "udp dport 9"}, {"ingress:only_there", nullptr}});
    REQUIRE(nflogcap_set_netns(capture.get(), ("/proc/self/fd/" + std::to_string(fd)).c_str()) ==
            0);
    start(capture);
    CHECK(ruleset().empty());
    sender->send(3);
    CHECK(rest_of(capture) == 3);
    close(fd);
}

TEST_CASE("without CAP_NET_ADMIN a tap is refused as a capture is, and nothing is printed",
          "[taps]")
{
    const Namespace ns;
    const Handle capture = tapping({{"output", "udp dport 9"}});
    int code = 0;
    support::without_capabilities([&] { code = nflogcap_start(capture.get()); });
    CHECK(code == -EPERM);
    CHECK_THAT(nflogcap_error(capture.get()),
               ContainsSubstring("group 65535: CAP_NET_ADMIN is missing"));
    CHECK(nflogcap_start(capture.get()) == 0);
}

TEST_CASE("nothing is written to standard output or standard error", "[taps]")
{
    const Namespace ns;
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    std::fflush(nullptr);
    const int out = dup(STDOUT_FILENO);
    const int err = dup(STDERR_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    const int refused = [] {
        const Handle capture = capture_of({});
        nflogcap_add_tap(capture.get(), "output", "udp dprt 9");
        errno = EPERM; // of old, which libnftables takes for its own
        return nflogcap_start(capture.get());
    }();
    const int laid = [] {
        const Handle capture = capture_of({});
        nflogcap_add_tap(capture.get(), "output", "udp dport 9");
        return nflogcap_start(capture.get());
    }();
    std::fflush(nullptr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    CHECK(refused == -EINVAL);
    CHECK(laid == 0);
    CHECK(lseek(fileno(file), 0, SEEK_END) == 0);
    std::fclose(file);
}

TEST_CASE("a start with a tap fails in words if descriptors run out at any point", "[taps]")
{
    const Namespace ns;
    // A start opens one descriptor fewer if a socket of the program's has the process's id.
    const int other = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    REQUIRE(bind(other, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    int code = -EMFILE;
    int left = 0;
    for (; code < 0 && left < 20; ++left) {
        const Handle capture =
            tapping({{"output", "oif lo udp dport 9"}}); // an interface: two sockets
        const int next = dup(STDIN_FILENO);
        close(next);
        const rlimit few = {static_cast<rlim_t>(next + left), before.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
        code = nflogcap_start(capture.get());
        setrlimit(RLIMIT_NOFILE, &before);
        CAPTURE(left, nflogcap_error(capture.get()));
        CHECK((code == 0 || code == -EMFILE));
    }
    close(other);
    CHECK(code == 0);
    CHECK(left > 3);
}

TEST_CASE("taps are laid in several threads at once", "[taps]")
{
    const Namespace ns;
    std::array<std::string, 4> failures;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failures.size(); ++i) {
        threads.emplace_back([&failures, i] {
            for (int round = 0; round < 10 && failures.at(i).empty(); ++round) {
                const Handle capture = capture_of({static_cast<std::uint16_t>(i)});
                if (nflogcap_add_tap(capture.get(), "output", "oif lo udp dport { 1, 2 }") < 0 ||
                    nflogcap_start(capture.get()) < 0)
                    failures.at(i) = nflogcap_error(capture.get());
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(failures == std::array<std::string, 4>{});
    CHECK(ruleset().empty());
}

TEST_CASE("tapping captures opened and closed, two hundred times, leave nothing behind", "[taps]")
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
