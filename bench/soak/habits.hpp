// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "reader.hpp"

#include <memory>

// The ways of reading that are soaked. Habit itself reads in batches, with the defaults.
namespace soak {

std::unique_ptr<Habit> in_batches();
std::unique_ptr<Habit> one_by_one();
std::unique_ptr<Habit> slowly();             // so that the socket is always full
std::unique_ptr<Habit> adaptively();         // in batches or immediately
std::unique_ptr<Habit> polling();            // with poll(2) on the descriptor
std::unique_ptr<Habit> filtering();          // with filters that change
std::unique_ptr<Habit> through_savefiles();  // written, read again and compared
std::unique_ptr<Habit> while_rules_change(); // of rules that log to the group

} // namespace soak
