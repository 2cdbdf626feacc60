// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace fleet {

// What a shipper has done since it started.
struct ShipCounters {
    std::uint64_t messages = 0; // sent, also again
    std::uint64_t bytes = 0;    // likewise, of savefiles
    std::uint64_t chunks = 0;   // acknowledged
    std::uint64_t packets = 0;  // in them
    std::uint64_t duplicates = 0;
    std::uint64_t refused = 0;
    std::uint64_t damaged = 0;
    std::uint64_t connections = 0;
    std::uint64_t in_flight_bytes = 0;
};

} // namespace fleet
