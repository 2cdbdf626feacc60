// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The rules of nftables and iptables that log, or that decide which rules packets reach. Names and
// prefixes are stored as the kernel sends them, and may contain any byte except NUL.
namespace command {

struct Log {
    std::optional<std::uint16_t> group; // absent: the rule logs to the kernel's own log
    std::string prefix;
    std::uint32_t snaplen;         // bytes; 0: not set
    std::uint32_t queue_threshold; // packets; 0: not set
    bool is_behind_verdict; // every packet leaves the rule before it reaches this log statement
};

struct Verdict {
    enum class Kind {
        final, // the packet leaves all chains of the table at this hook
        back,  // the packet returns to the chain that jumped to this one
        jump,
        go_to
    };
    Kind kind;
    std::string_view does; // what the verdict does with a packet: "accepts"
    std::size_t chain = 0; // for jump and go_to: index of the target chain
};

struct Rule {
    std::uint64_t number;
    std::vector<Log> logs;
    std::vector<Verdict> verdicts;
    bool is_unconditional; // all packets that reach the rule get its verdict

    // Returns whether the rule must be stored. A rule that only accepts or drops the packets that
    // it matches is left out: the other packets still reach the next rule.
    [[nodiscard]] bool is_relevant() const
    {
        bool decides = false;
        for (const Verdict& verdict : verdicts)
            decides = decides || is_unconditional || verdict.kind != Verdict::Kind::final;
        return !logs.empty() || decides;
    }
};

struct Chain {
    std::string name;
    bool has_hook;
    std::vector<Rule> rules; // in the order in which packets reach the rules
};

struct Table {
    std::string title;             // "table inet watch"
    std::string_view number_label; // the word for the number of a rule: "handle"
    bool is_dormant;
    std::vector<Chain> chains;
};

} // namespace command
