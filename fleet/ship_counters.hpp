// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace fleet {

// The counters of a shipper since its start.
struct ShipCounters {
    std::uint64_t messages = 0; // sent messages, including repetitions
    std::uint64_t bytes = 0;    // size of the sent savefiles, including repetitions
    std::uint64_t chunks = 0;   // acknowledged chunks
    std::uint64_t packets = 0;  // packets in acknowledged chunks
    std::uint64_t duplicates = 0;
    std::uint64_t refused = 0;
    std::uint64_t damaged = 0;
    std::uint64_t connections = 0;
    std::uint64_t in_flight_bytes = 0;
};

} // namespace fleet
