// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "reader.hpp"

#include <memory>

// The ways of reading that the soak test uses. Habit itself reads in batches, with the defaults.
namespace soak {

std::unique_ptr<Habit> in_batches();
std::unique_ptr<Habit> one_by_one();
std::unique_ptr<Habit> slowly();             // reads so slowly that the socket is always full
std::unique_ptr<Habit> adaptively();         // reads in batches, or each packet immediately
std::unique_ptr<Habit> polling();            // waits with poll(2) on the descriptor
std::unique_ptr<Habit> filtering();          // changes its filter again and again
std::unique_ptr<Habit> through_savefiles();  // writes packets to a savefile, reads it, and compares
std::unique_ptr<Habit> while_rules_change(); // reads while rules that log to the group change

} // namespace soak
