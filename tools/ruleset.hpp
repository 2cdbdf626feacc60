// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace command {

// A rule of nftables that logs to a group.
struct LoggingRule {
    std::uint16_t group;
    std::string place; // "table inet watch, chain input"
    std::string text;  // as nft(8) lists it
    std::optional<std::uint32_t> snaplen;
    std::optional<std::uint32_t> queue_threshold;
};

struct Ruleset {
    std::vector<LoggingRule> logging;
    // Rules of iptables that nft cannot tell the group of.
    bool has_untold = false;
};

// The rules of nftables in the network namespace of this process, those of iptables-nft among them.
// Nothing where the command was built without libnftables. Throws Failure in nft's words.
std::optional<Ruleset> read_ruleset();

// Whether there are tables of iptables-legacy, which nft does not see.
bool has_legacy_tables();

} // namespace command
