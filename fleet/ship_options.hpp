// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "printed_words.hpp"

#include <string>
#include <variant>

namespace fleet {

struct ShipOptions {
    ConnectionOptions connection;
    std::string stream = "NFLOG";
    std::string spool;   // directory
    std::string host;    // name of this host
    std::string metrics; // file; "": none
    bool until_acknowledged = false;
};

// Throws Failure of wrong_usage.
std::variant<ShipOptions, command::Words> parse_ship_options(int argc, char** argv);

} // namespace fleet
