// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collection.hpp"
#include "connection.hpp"

#include <string>

namespace fleet {

struct CollectOptions {
    ConnectionOptions connection;
    CollectionSettings collection;
    bool is_report = false;
    std::string stream_config; // file of --stream-config; "": none
    std::string metrics;       // file of --metrics; "": none
};

// Throws Failure with wrong_usage, and Words for --help and --version.
CollectOptions parse_collect(int argc, char** argv);

} // namespace fleet
