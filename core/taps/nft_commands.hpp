// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What is said to nft, in its language.
namespace nflog::nft {

struct Command {
    std::string text;
    std::size_t words_at = 0; // where in it a user's words stand
    std::size_t words_length = 0;
};

// With that many chains, tap-1 and on, which no packet passes yet.
inline Command create_table(const std::string& table, std::size_t chains)
{
    std::string text = "create table inet " + table + " { flags owner; }";
    for (std::size_t number = 1; number <= chains; ++number)
        text += "\nadd chain inet " + table + " tap-" + std::to_string(number);
    return {text};
}

// nft has no match of a protocol by its name alone, which is what people ask for first.
inline std::string whole_protocol(const std::string& match)
{
    constexpr std::array<std::string_view, 10> over_ip = {
        "tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "esp", "ah", "comp"};
    if (std::ranges::find(over_ip, match) != over_ip.end())
        return "meta l4proto " + match;
    if (match == "ip")
        return "meta nfproto ipv4";
    if (match == "ip6")
        return "meta nfproto ipv6";
    return match;
}

inline Command add_rule(const std::string& table, const std::string& chain,
                        const std::string& match, std::uint16_t group)
{
    const std::string before = "add rule inet " + table + " " + chain + " ";
    const std::string matching = whole_protocol(match);
    return {before + matching + " log group " + std::to_string(group), before.size(),
            matching.size()};
}

// Has the packets at a hook pass the chain. At each it is right after connection tracking (-200),
// so that a match on ct works, and before marks (-150), address translation (-100 and 100) and
// filters (0) do anything to a packet.
inline Command add_hook(const std::string& table, const std::string& chain, const Tap::Hook& hook)
{
    const std::string base = table + " " + chain + "-" + hook.name;
    const std::string device = hook.device.empty() ? "" : " device \"" + hook.device + "\"";
    return {"add chain inet " + base + " { type filter hook " + hook.name + device +
            " priority -199; policy accept; }\nadd rule inet " + base + " jump " + chain};
}

constexpr const char* complaint_mark = "Error: ";

} // namespace nflog::nft
