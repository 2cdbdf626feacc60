// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The rules of nftables and iptables, as far as they log or decide which rules packets reach. All
// names and prefixes are as the kernel has them: any byte but NUL may be in them.
namespace command {

struct Log {
    std::optional<std::uint16_t> group; // absent: the kernel's own log
    std::string prefix;
    std::uint32_t snaplen;         // bytes; 0: not set
    std::uint32_t queue_threshold; // packets; 0: not set
    bool is_behind_verdict;        // every packet leaves its rule before it
};

struct Verdict {
    enum class Kind {
        final, // the packet leaves the table's chain of that hook
        back,  // to the chain that jumped here
        jump,
        go_to
    };
    Kind kind;
    std::string_view does; // with a packet: "accepts"
    std::size_t chain = 0; // index: where jump and go_to lead
};

struct Rule {
    std::uint64_t number;
    std::vector<Log> logs;
    std::vector<Verdict> verdicts;
    bool is_unconditional; // every packet that reaches the rule gets its verdict

    // Other rules, those that accept or drop what they match, change nothing here, and are left
    // out.
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
    std::string_view number_label; // what the number of a rule is: "handle"
    bool is_dormant;
    std::vector<Chain> chains;
};

} // namespace command
