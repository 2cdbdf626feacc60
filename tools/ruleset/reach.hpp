// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tables.hpp"

namespace command {

// How far packets come in a chain.
struct Reach {
    bool is_entered = false;
    // The rules that packets reach: so many from the first on. If there are others behind them, the
    // last of these lets no packet pass.
    std::size_t rules = 0;
};

// For each chain of the table, as if the table were not dormant. Conditions are not evaluated: a
// packet may match a rule that has one, or fail to.
std::vector<Reach> reach_of(const Table& table);

} // namespace command
