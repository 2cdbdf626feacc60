// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_state.hpp"

#include <cstdint>
#include <string>

namespace fleet {

// How files are named, and when a new one begins: -w, -C, -G and -W of nflogcap-collect(1).
struct Naming {
    std::string name;                 // with %h and %g
    std::uint64_t rotate_bytes = 0;   // 0: never
    std::uint64_t rotate_seconds = 0; // 0: never
    std::uint64_t files = 0;          // 0: no limit
};

// Throws command::Failure for a name that would lead out of the directory, or that several hosts or
// groups would share.
void require_usable(const Naming& naming);

// The current period of -G: its start, in seconds of local time since 1970. Periods start at
// multiples of their length. Therefore all files change at the same time, and those of a day change
// at midnight.
std::int64_t current_period(const Naming& naming);

// The path below the directory.
std::string name_of(const Naming& naming, const GroupKey& key, const Output& output);

} // namespace fleet
