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
        std::uint64_t chunks = 0; // number of the chunks that exist
        std::uint64_t first = 0;  // number of the first chunk
        std::uint64_t last = 0;
        std::uint64_t packets = 0;      // packets in the existing chunks
        std::uint64_t acknowledged = 0; // the broker has acknowledged all chunks up to this number
        std::uint64_t unacknowledged = 0; // packets in the chunks after `acknowledged`
        std::uint64_t damaged = 0;        // damaged chunks
        spool::Account account;           // the account of the last chunk
    };

    std::string identity;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0; // size of all files of the spool
    bool is_written = false; // a capture has the spool open
    bool is_shipped = false; // nflogcap-ship has the spool open
    std::string host;        // host name under which the spool was shipped; "": never shipped
    std::string trouble;     // problem that nflogcap-ship reported; "": none
    std::map<std::uint16_t, Group> groups;
    std::vector<std::string> damage; // one line of text for each damage
};

// Reads the whole spool and verifies each checksum. Throws Failure.
SpoolState state_of_spool(const std::string& path);

} // namespace command
