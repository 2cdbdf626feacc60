// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// A rule with a log statement.
struct LoggingRule {
    Log log;
    std::string
        place; // "table inet watch, chain input, handle 4"; names contain the kernel's bytes
    // Why no packet reaches the rule, and what to do; "": packets can reach it.
    std::string obstacle;
};

struct LoggingRules {
    std::vector<LoggingRule> rules;
    // Texts such as "rules of nftables: " with the reason why they could not be read.
    std::vector<std::string> unread;
};

// Reads those rules of nftables and iptables that log, in the network namespace of this process.
LoggingRules read_logging_rules();

} // namespace command
