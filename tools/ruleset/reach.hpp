// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// How far packets get in a chain.
struct Reach {
    bool is_entered = false;
    // The number of rules, from the first, that packets reach. If there are further rules, the last
    // one reached lets no packet continue.
    std::size_t rules = 0;
};

// For each chain of the table; a dormant table is treated as active. Conditions are not evaluated:
// a packet may or may not match a rule with a condition.
std::vector<Reach> reach_of(const Table& table);

} // namespace command
