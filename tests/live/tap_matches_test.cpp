// SPDX-License-Identifier: GPL-2.0-or-later
// Which matches a tap can have, and which matches are refused.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "project_file.hpp"
#include "tapping.hpp"
#include "topology.hpp"
#include "traffic.hpp"
#include "wire.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

using live::rest_of;
using live::ruleset;
using live::started;
using live::tapping;
using support::capture_of;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;
using support::Topology;
using support::Visit;

namespace {

// The error of the start of a capture with this tap.
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

} // namespace

TEST_CASE("a match that nft does not understand is refused with its message, and leaves no table",
          "[taps]")
{
    const Namespace ns;
    struct Wrong {
        const char* match;
        const char* words;
    };
    const auto wrong = GENERATE(values<Wrong>({
        {"tcp dprt 443", "nft says: syntax error, unexpected string, "},
        {"tcp dprt 443", ", at 'dprt';"},
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
    const Handle all = support::started({65535}); // the group of the refused tap is free again
}

TEST_CASE("a text that is more than a match does not get into the ruleset", "[taps]")
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

TEST_CASE("the texts of two taps cannot form one rule together", "[taps]")
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

TEST_CASE("the error names the invalid tap, at any position", "[taps]")
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

TEST_CASE("a match that would change a setting permanently does not reach nft", "[taps]")
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
    CHECK(connections() <= 0); // no number exists if nothing was ever tracked
    Handle first = started({{"prerouting", "ct state new"}});
    CHECK(forwarded() == 0);
    CHECK(connections() > 0); // the connection of the packet after the fragments
    Handle second = started({{"forward", "ct mark 0"}});
    first.reset();
    CHECK(forwarded() == 0);
    second.reset();
    CHECK(forwarded() == fragments.size());
    CHECK(connections() > 0); // the kernel keeps the entry until it times out
}

TEST_CASE("a match can have as many comparisons as an nft rule", "[taps]")
{
    const Namespace ns;
    for (const int comparisons : {37, 38, 60}) { // the kernel accepts 128 expressions
        CAPTURE(comparisons);
        std::string match = "tcp dport 5";
        for (int i = 1; i < comparisons; ++i)
            match += " tcp sport 6";
        const Handle capture = started({{"output", match.c_str()}});
        CHECK(nflogcap_tap_group(capture.get()) > 0);
    }
}

TEST_CASE("a tap can use everything that nft can match", "[taps]")
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

TEST_CASE("the matches in docs/taps.md are valid", "[taps]")
{
    const Namespace ns;
    std::ifstream page(project_file("docs/taps.md"));
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

TEST_CASE("a tap that is impossible at its hook is refused with a reason", "[taps]")
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
    for (const std::string name : {"eth7", "eth8"}) { // missing, and only an alternative name
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

TEST_CASE("one invalid tap of several leaves no tap", "[taps]")
{
    const Namespace ns;
    const Handle capture = tapping({{"output", "udp dport 9"}, {"output", "udp dprt 10"}}, {5});
    CHECK(nflogcap_start(capture.get()) == -EINVAL);
    CHECK(ruleset().empty());
    const Handle second = support::started({5});
}
