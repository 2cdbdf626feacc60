// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_state.hpp"

#include <cstdint>
#include <string>

namespace fleet {

// How files are named, and when a new file begins: the options -w, -C, -G and -W of
// nflogcap-collect(1).
struct Naming {
    std::string name;                 // template of the name, with %h and %g
    std::uint64_t rotate_bytes = 0;   // 0: no new file because of the size
    std::uint64_t rotate_seconds = 0; // 0: no new file because of the time
    std::uint64_t files = 0;          // 0: no limit
};

// Throws command::Failure if a name would be outside the directory, or if several hosts or groups
// would have the same name.
void require_usable(const Naming& naming);

// Returns the start of the current period of -G, in seconds of local time since 1970. Periods begin
// at multiples of their length. Therefore all hosts get new files at the same time, and daily files
// begin at midnight.
std::int64_t current_period(const Naming& naming);

// Returns the path of the file, relative to the directory.
std::string name_of(const Naming& naming, const GroupKey& key, const Output& output);

} // namespace fleet
