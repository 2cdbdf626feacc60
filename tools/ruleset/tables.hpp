// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The rules of nftables and iptables, as far as they log or decide which rules packets reach. All
// names and prefixes have the kernel's bytes: they may contain any byte except NUL.
namespace command {

struct Log {
    std::optional<std::uint16_t> group; // absent: the kernel's own log
    std::string prefix;
    std::uint32_t snaplen;         // bytes; 0: not set
    std::uint32_t queue_threshold; // packets; 0: not set
    bool is_behind_verdict;        // every packet leaves the rule before the log statement
};

struct Verdict {
    enum class Kind {
        final, // the packet leaves all chains of the table at that hook
        back,  // the packet returns to the chain that jumped here
        jump,
        go_to
    };
    Kind kind;
    std::string_view does; // what it does with a packet: "accepts"
    std::size_t chain = 0; // index: the target of jump and go_to
};

struct Rule {
    std::uint64_t number;
    std::vector<Log> logs;
    std::vector<Verdict> verdicts;
    bool is_unconditional; // every packet that reaches the rule gets its verdict

    // Rules that only accept or drop the packets that match are left out: they do not decide
    // whether some packet reaches another rule.
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
    std::vector<Rule> rules; // in the order in which packets reach them
};

struct Table {
    std::string title;             // "table inet watch"
    std::string_view number_label; // what the number of a rule is called: "handle"
    bool is_dormant;
    std::vector<Chain> chains;
};

} // namespace command
