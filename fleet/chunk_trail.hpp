// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace fleet {

// The last chunk of each host and group. It shows which chunks are missing, and which were sent
// again because the host was not sure that the broker has them.
class ChunkTrail {
public:
    struct Step {
        bool is_repeated = false;
        std::uint64_t missed = 0; // chunks between the previous one and this one
    };
    Step next(const Message& message);

private:
    // Further hosts and groups are not followed, so that no sender can make memory grow.
    static constexpr std::size_t max_followed = 100'000;

    struct Last {
        std::string spool;
        std::uint64_t number;
    };
    std::map<std::pair<std::string, std::uint16_t>, Last> last_;
};

} // namespace fleet
