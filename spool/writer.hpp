// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "chunk.hpp"
#include "directory.hpp"
#include "file_descriptor.hpp"
#include "syncer.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace spool {

enum class Sync { segment, chunk, never };

// What a capture adds to a spool. It keeps the spool below its size: the oldest segment goes first.
// What was acknowledged is no loss; the rest is counted as dropped, as is what a full disk has no
// room for. Functions throw nflog::Error.
class Writer {
public:
    // Takes over what an earlier process left: what it had not finished is cut off, and the numbers
    // go on. `max_bytes` is for all segments together.
    Writer(const std::string& path, std::uint64_t max_bytes, Sync sync);

    // The last account of a group; one of zeros for a group that is new.
    [[nodiscard]] Account last_account(std::uint16_t group) const;

    // `account` has the counts up to here but for total and dropped, which this fills in.
    void add(std::uint16_t group, std::string_view records, Account account,
             const std::string& interfaces);

    // To be called about once a second: removes what was acknowledged long ago.
    void tick();

    struct Status {
        std::uint64_t bytes = 0;            // of all segments, and their indexes
        std::uint64_t packets = 0;          // added by this process
        std::uint64_t chunks = 0;           // added by this process
        std::uint64_t dropped = 0;          // packets dropped by this process
        std::uint64_t unacknowledged = 0;   // chunks that are there and were not acknowledged
        std::string trouble;                // the last failure of the disk; "": it works
    };
    [[nodiscard]] const Status& status() const { return status_; }

    void close();
};

} // namespace spool
