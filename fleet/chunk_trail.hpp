// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace fleet {

// Remembers the last chunk of each host and group. This shows which chunks are missing. It also
// shows which chunks arrived twice, because the host sent them again when it received no
// acknowledgement.
class ChunkTrail {
public:
    struct Step {
        bool is_repeated = false;
        std::uint64_t missed = 0; // chunks missing between the previous chunk and this one
    };
    Step next(const Message& message);

private:
    // The maximum number of groups of hosts that are remembered, so that no sender can make memory
    // grow.
    static constexpr std::size_t max_followed = 100'000;

    struct Last {
        std::string spool;
        std::uint64_t number;
    };
    std::map<std::pair<std::string, std::uint16_t>, Last> last_;
};

} // namespace fleet
