// SPDX-License-Identifier: GPL-2.0-or-later
#include "nft_script.hpp"

#include <algorithm>
#include <array>
#include <linux/netfilter.h>
#include <string_view>

namespace nflog::nft {

namespace {

const char* name_of(std::uint8_t family)
{
    return family == NFPROTO_NETDEV ? "netdev" : "inet";
}

// Users may write only the name of a protocol, but nft has no such match. This returns a match for
// all packets of the protocol.
std::string whole_protocol(const Tap& tap)
{
    constexpr std::array<std::string_view, 10> over_ip = {
        "tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "esp", "ah", "comp"};
    const std::string& match = tap.match();
    if (std::ranges::find(over_ip, match) != over_ip.end())
        return "meta l4proto " + match;
    if (match != "ip" && match != "ip6")
        return match;
    if (tap.family() == NFPROTO_NETDEV)
        return "meta protocol " + match;
    return match == "ip" ? "meta nfproto ipv4" : "meta nfproto ipv6";
}

// Returns the part of the rule after the match: it leaves some packets out, and logs the others.
std::string logging(const TapOptions& options, std::uint16_t group)
{
    std::string words;
    if (options.sample > 1)
        words += " numgen inc mod " + std::to_string(options.sample) + " 0";
    if (!options.limit.empty())
        words += " limit rate " + options.limit;
    words += " log";
    if (!options.prefix.empty())
        words += " prefix \"" + options.prefix + '"';
    return words + " group " + std::to_string(group);
}

} // namespace

std::string tap_chain(std::size_t number)
{
    return "tap-" + std::to_string(number + 1);
}

Script make_table(const std::string& table, const std::vector<Tap>& taps, std::uint16_t group)
{
    Script script;
    for (const std::uint8_t family : {NFPROTO_INET, NFPROTO_NETDEV}) {
        if (std::ranges::find(taps, family, &Tap::family) != taps.end())
            script.line.append("create table ").append(name_of(family)).append(" ").append(table) +=
                " { flags owner; }; ";
    }
    std::string chain;
    for (const Tap& tap : taps) {
        chain = name_of(tap.family()) + (" " + table) + " " + tap_chain(script.taps.size());
        const std::string matching = whole_protocol(tap);
        script.line.append("add chain ").append(chain).append("; ");
        const std::size_t begin = script.line.size();
        script.line.append("add rule ").append(chain) += ' ';
        script.taps.push_back({begin, script.line.size(), matching.size()});
        script.line.append(matching).append(logging(tap.options(), group)).append("; ");
    }
    // The result of this command is not needed. But without this command libnftables reads the
    // whole ruleset before it runs the others, and repeats this while other programs change the
    // ruleset. With this command at the end it reads only that chain and its table, which do not
    // exist yet.
    script.line += "list chain " + chain;
    return script;
}

} // namespace nflog::nft
