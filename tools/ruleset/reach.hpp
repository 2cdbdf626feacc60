// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// How far packets get in a chain.
struct Reach {
    bool is_entered = false;
    // The number of rules that packets reach, counted from the first. If the chain has more rules,
    // no packet continues after the last reached rule.
    std::size_t rules = 0;
};

// Returns the reach of each chain in the table. Treats a dormant table as active. Does not evaluate
// conditions: it assumes that some packets match a condition, and others do not.
std::vector<Reach> reach_of(const Table& table);

} // namespace command
