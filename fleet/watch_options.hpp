// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fleet {

struct WatchOptions {
    ConnectionOptions connection;
    std::string stream = "NFLOG";
    std::vector<std::string> hosts;    // patterns; without patterns: all hosts
    std::vector<std::uint16_t> groups; // without groups: all groups
    bool list = false;
    bool once = false;
};

// Throws Failure with wrong_usage, and Words for --help and --version.
WatchOptions parse_watch(int argc, char** argv);

} // namespace fleet
