// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace command {

// What is in a spool, as it is now.
struct SpoolState {
    struct Group {
        std::uint64_t chunks = 0; // that are there
        std::uint64_t first = 0;  // their numbers
        std::uint64_t last = 0;
        std::uint64_t packets = 0;        // in them
        std::uint64_t acknowledged = 0;   // up to that number
        std::uint64_t unacknowledged = 0; // packets that are there, behind it
        std::uint64_t damaged = 0;        // chunks
        spool::Account account;           // the last
    };

    std::string identity;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0; // of all files in it
    bool is_written = false; // a capture has it
    bool is_shipped = false; // nflogcap-ship has it
    std::string host;        // that it was shipped as; "": never
    std::string trouble;     // of nflogcap-ship; "": none
    std::map<std::uint16_t, Group> groups;
    std::vector<std::string> damage; // in words
};

// Reads all of it, and compares each checksum. Throws Failure.
SpoolState state_of_spool(const std::string& path);

} // namespace command
