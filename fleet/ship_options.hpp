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
    std::string spool;   // directory of the spool
    std::string host;    // name under which this host is shipped
    std::string metrics; // file of --metrics; "": none
    bool until_acknowledged = false;
};

// Throws Failure with wrong_usage.
std::variant<ShipOptions, command::Words> parse_ship_options(int argc, char** argv);

} // namespace fleet
