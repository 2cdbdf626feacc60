// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace command {

// The current content of a spool.
struct SpoolState {
    struct Group {
        std::uint64_t chunks = 0; // that exist
        std::uint64_t first = 0;  // the number of the first
        std::uint64_t last = 0;
        std::uint64_t packets = 0;        // in these chunks
        std::uint64_t acknowledged = 0;   // all chunks up to this number
        std::uint64_t unacknowledged = 0; // packets in later chunks
        std::uint64_t damaged = 0;        // chunks
        spool::Account account;           // the account of the last chunk
    };

    std::string identity;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0; // of all files in it
    bool is_written = false; // a capture has the spool open
    bool is_shipped = false; // nflogcap-ship has the spool open
    std::string host;        // the name it was shipped with; "": never shipped
    std::string trouble;     // of nflogcap-ship; "": none
    std::map<std::uint16_t, Group> groups;
    std::vector<std::string> damage; // one line of text each
};

// Reads the whole spool and verifies each checksum. Throws Failure.
SpoolState state_of_spool(const std::string& path);

} // namespace command
