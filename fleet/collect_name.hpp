// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_state.hpp"

#include <cstdint>
#include <string>

namespace fleet {

// How files are named, and when another one begins: -w, -C, -G and -W of nflogcap-collect(1).
struct Naming {
    std::string name;                 // with %h and %g
    std::uint64_t rotate_bytes = 0;   // 0: never
    std::uint64_t rotate_seconds = 0; // 0: never
    std::uint64_t files = 0;          // 0: any number
};

// Throws command::Failure for a name that would lead out of the directory, or be that of several
// hosts or groups.
void require_usable(const Naming& naming);

// The period of -G that it is now: its begin, in seconds of local time since 1970. Periods begin at
// multiples of their length, so all files begin a new one together and one of a day at midnight.
std::int64_t current_period(const Naming& naming);

// Below the directory.
std::string name_of(const Naming& naming, const GroupKey& key, const Output& output);

} // namespace fleet
