// SPDX-License-Identifier: GPL-2.0-or-later
// A router forwards the same packets with a tap as without it, whatever the tap's match is. The
// rules of the router's operator also count and store the same.
#include "capture.hpp"
#include "catch.hpp"
#include "match_grammar.hpp"
#include "network.hpp"
#include "wire.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <nftables/libnftables.h>
#include <regex>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

using live::Bytes;
using support::Handle;
using support::Visit;

namespace {

// The ruleset of a router's operator. It counts everything that a tap could change. It counts only
// packets of the test, because hosts also send multicast packets on their own.
const std::string operators_ruleset = R"(table inet operator {
 set ports {
  type inet_service; elements = { 9, 22 }
 }
 map marks {
  type inet_service : mark; elements = { 9 : 1, 53 : 2 }
 }
 set seen {
  type ipv4_addr . inet_proto; size 100; flags dynamic
 }
 counter total {
 }
 chain incoming {
  type filter hook prerouting priority mangle
  ip daddr != 10.0.2.3 accept
  ip6 daddr != fd00:2::3 accept
  counter name total
  meta mark != 0 counter
  meta priority != 0 counter
  meta mark set th dport map @marks
  th dport @ports counter
  tcp flags syn counter
  tcp option maxseg size 1460 counter
  tcp option sack-perm exists counter
  update @seen { ip saddr . ip protocol counter }
 }
 chain passing {
  type filter hook forward priority filter
  counter name total
  meta mark 0 counter
  meta mark 1 counter
  ip dscp 0 counter
  ip ttl 63 counter
  ip6 dscp 0 counter
 }
 chain leaving {
  type filter hook postrouting priority filter
  ip daddr != 10.0.2.3 accept
  ip6 daddr != fd00:2::3 accept
  counter name total
  meta mark 1 counter
 }
}
)";

// A second ruleset, which also counts tracked connections.
const std::string operators_tracking = R"(table inet operator_tracking {
 chain passing {
  type filter hook forward priority filter
  ct state invalid counter
  ct state untracked counter
  ct state new counter
  ct status dnat counter
  ct mark 5 counter
  ct label 1 counter
  ct mark set meta mark
 }
}
)";

// A ruleset as nft prints it: the text without the values of counters, and these values separately.
struct Ruleset {
    std::string text;
    std::vector<std::uint64_t> counters;
};

Ruleset ruleset()
{
    static const std::regex counter("packets ([0-9]+) bytes ([0-9]+)");
    const std::string listed = support::nft("list ruleset");
    Ruleset found{std::regex_replace(listed, counter, "packets N bytes N"), {}};
    for (std::sregex_iterator at(listed.begin(), listed.end(), counter), end; at != end; ++at)
        for (const std::size_t group : {1U, 2U})
            found.counters.push_back(std::stoull((*at)[group]));
    return found;
}

// The tracked connections, without values that change with time alone.
std::vector<std::string> connections()
{
    static const std::regex timeout("^(\\S+ +\\d+ \\S+ +\\d+) \\d+ ");
    std::ifstream file("/proc/thread-self/net/nf_conntrack");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(std::regex_replace(line, timeout, "$1 "));
    std::ranges::sort(lines);
    return lines;
}

std::vector<std::string> in_hex(const std::vector<Bytes>& packets)
{
    std::vector<std::string> texts;
    for (const Bytes& packet : packets) {
        std::string& text = texts.emplace_back();
        for (const std::uint8_t byte : packet)
            for (const int digit : {byte >> 4, byte & 0xf})
                text += "0123456789abcdef"[digit];
    }
    return texts;
}

int accounting()
{
    int value = -1;
    std::ifstream("/proc/sys/net/netfilter/nf_conntrack_acct") >> value;
    return value;
}

// The effects of packets through the router.
struct Outcome {
    std::vector<std::string> forwarded;
    std::vector<std::uint64_t> counted; // by the operator's ruleset
    std::vector<std::string> connections;
    int accounting; // whether the kernel counts the packets of connections
};

class OperatedRouter {
public:
    OperatedRouter(const std::string& rules, std::vector<Bytes> packets)
        : packets_(std::move(packets))
    {
        const Visit visit(wire_.middle());
        support::nft(rules);
        forward(); // now the sets have all their elements, and each connection is known
        forward();
        before_ = ruleset();
        expected_ = outcome_of(forward());
        REQUIRE(expected_.forwarded.size() ==
                packets_.size()); // without a tap, all packets are forwarded
    }

    [[nodiscard]] const support::Place& place() const { return wire_.middle(); }

    std::vector<Bytes> forward() const { return wire_.carry(packets_); }

    // Requires that one forward() since the last call had the same effects as without a tap, and
    // that no tap is left.
    void require_no_effect(const std::vector<Bytes>& forwarded)
    {
        const Outcome outcome = outcome_of(forwarded);
        REQUIRE(outcome.forwarded == expected_.forwarded);
        REQUIRE(outcome.counted == expected_.counted);
        REQUIRE(outcome.connections == expected_.connections);
        REQUIRE(outcome.accounting == expected_.accounting);
    }

private:
    Outcome outcome_of(const std::vector<Bytes>& forwarded)
    {
        Ruleset now = ruleset();
        REQUIRE(now.text == before_.text);
        std::vector<std::uint64_t> counted;
        for (std::size_t i = 0; i < now.counters.size(); ++i)
            counted.push_back(now.counters[i] - before_.counters.at(i));
        before_ = std::move(now);
        return {in_hex(forwarded), std::move(counted), connections(), accounting()};
    }

    live::Wire wire_{support::Topology::Form::routed};
    std::vector<Bytes> packets_;
    Ruleset before_;
    Outcome expected_;
};

struct Tap {
    live::Match match;
    std::string hook;
};

Tap random_tap(live::MatchGrammar& grammar)
{
    constexpr std::array<const char*, 5> hooks = {"prerouting", "prerouting", "forward",
                                                  "postrouting", "ingress:ra"};
    return {grammar.next(), hooks.at(grammar.number(hooks.size()))};
}

// Ingress has another family of tables than the IP hooks, and that family lacks some matches.
bool is_at_ingress(const Tap& tap)
{
    return tap.hook == "ingress:ra";
}

// Whether nft understands the match, and the kernel supports all of it. A separate process runs
// nft, because an assertion in nft fails on some matches (1.0.6: "ah nexthdr 253 udp checksum !=
// 0").
bool is_valid(const support::Place& place, const Tap& tap)
{
    const Visit visit(place);
    const pid_t child = fork();
    if (child == 0) {
        const rlimit no_core{};
        setrlimit(RLIMIT_CORE, &no_core);
        std::signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
        nft_ctx_set_dry_run(context, true);
        nft_ctx_buffer_error(context);
        const std::string table = is_at_ingress(tap) ? "netdev valid" : "inet valid";
        const std::string commands = "add table " + table + "\nadd chain " + table +
                                     " tap-1\nadd rule " + table + " tap-1 " + tap.match.text +
                                     " log group 1";
        _exit(nft_run_cmd_from_buffer(context, commands.c_str()) == 0 ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status == 0;
}

// The error text of a call that returned `code`; empty if the call succeeded.
std::string words_of(const Handle& capture, int code)
{
    return code == 0 ? "" : nflogcap_error(capture.get());
}

std::string add(const Handle& capture, const Tap& tap)
{
    return words_of(capture,
                    nflogcap_add_tap(capture.get(), tap.hook.c_str(), tap.match.text.c_str()));
}

std::string text(const std::vector<Tap>& taps)
{
    std::string lines;
    for (const Tap& tap : taps)
        lines += "\n" + tap.hook + ": " + tap.match.text;
    return lines;
}

// Whether the kernel lacks a part of the match at the tap's hook.
bool cannot_be_there(const Tap& tap, const std::string& words)
{
    const std::string what = "cannot tap '" + tap.match.text + "'";
    return (words.starts_with(what + " at ") &&
            words.ends_with("part of the match cannot be used at it")) ||
           (is_at_ingress(tap) && words.starts_with(what + ": nft says: Could not process rule"));
}

// The taps of a test, and the number of each kind.
class Trial {
public:
    // The matches of these taps contain no action. They must be accepted, except at a hook at which
    // the kernel does not support a part of the match.
    void accept(OperatedRouter& router, std::vector<Tap> taps)
    {
        INFO(text(taps));
        const Visit visit(router.place());
        Handle capture;
        std::string words;
        do {
            std::erase_if(taps, [&](const Tap& tap) { return cannot_be_there(tap, words); });
            capture = support::capture_of({});
            for (const Tap& tap : taps)
                REQUIRE(add(capture, tap).empty());
            words = words_of(capture, nflogcap_start(capture.get()));
        } while (
            std::ranges::any_of(taps, [&](const Tap& tap) { return cannot_be_there(tap, words); }));
        REQUIRE(words.empty());
        const std::vector<Bytes> forwarded = router.forward();
        nflogcap_stop(capture.get());
        int end = 0;
        logged_ += support::count_packets(capture, -1, end);
        router.require_no_effect(forwarded);
        accepted_ += taps.size();
    }

    // The match contains an action and must be refused. Nothing of the tap may remain.
    void refuse(OperatedRouter& router, const Tap& tap)
    {
        INFO(text({tap}));
        const Visit visit(router.place());
        const Handle capture = support::capture_of({});
        std::string words = add(capture, tap);
        if (words.empty())
            words = words_of(capture, nflogcap_start(capture.get()));
        REQUIRE_THAT(words, ContainsSubstring("it does more than match") ||
                                ContainsSubstring("outlives the tap") ||
                                ContainsSubstring(is_at_ingress(tap) ? "nft says" : "outlives"));
        router.require_no_effect(router.forward());
        ++refused_;
    }

    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    [[nodiscard]] std::size_t refused() const { return refused_; }
    [[nodiscard]] std::uint64_t logged() const { return logged_; }

private:
    std::size_t accepted_ = 0;
    std::size_t refused_ = 0;
    std::uint64_t logged_ = 0;
};

} // namespace

TEST_CASE("of a thousand random matches, those without an action change nothing, and all others "
          "are refused",
          "[taps]")
{
    std::vector<Bytes> packets = live::packets();
    OperatedRouter tracking(operators_ruleset + operators_tracking, packets);
    const std::vector<Bytes> fragments = live::lone_fragments();
    packets.insert(packets.end(), fragments.begin(), fragments.end());
    OperatedRouter plain(operators_ruleset, packets);

    constexpr std::uint32_t seed = 20260101;
    constexpr std::size_t matches = 1000;
    constexpr std::size_t at_once = 10; // taps per capture, because a start takes long
    INFO("seed " << seed);
    live::MatchGrammar grammar(seed);
    Trial trial;
    std::map<OperatedRouter*, std::vector<Tap>> looking;
    while (trial.accepted() + trial.refused() < matches) {
        const Tap tap = random_tap(grammar);
        OperatedRouter& router = tap.match.tracks ? tracking : plain;
        if (!tap.match.lasts && !is_valid(router.place(), tap))
            continue;
        if (tap.match.acts) {
            trial.refuse(router, tap);
            continue;
        }
        std::vector<Tap>& taps = looking[&router];
        taps.push_back(tap);
        if (taps.size() == at_once)
            trial.accept(router, std::exchange(taps, {}));
    }
    CHECK(trial.accepted() > 600);
    CHECK(trial.refused() > 150);
    CHECK(trial.logged() > 1000);
}
