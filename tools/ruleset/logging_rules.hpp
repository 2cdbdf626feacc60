// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// A rule that logs.
struct LoggingRule {
    Log log;
    std::string
        place; // "table inet watch, chain input, handle 4", with the bytes as the kernel has them
    std::string obstacle; // why no packet reaches it, and what to do; empty: packets can
};

struct LoggingRules {
    std::vector<LoggingRule> rules;
    std::vector<std::string> unread; // "rules of nftables: " and why they could not be read
};

// Reads the rules of nftables and iptables that log, in the network namespace of this process.
LoggingRules read_logging_rules();

} // namespace command
