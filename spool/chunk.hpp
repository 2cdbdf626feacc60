// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// Consecutive records of one group in a segment. A chunk without records only contains an account.
// An index has one line for each chunk.
struct Chunk {
    std::uint16_t group = 0;
    std::uint64_t number = 0;   // number within the group, counted from 1
    std::uint64_t offset = 0;   // position of the records in the segment, in bytes
    std::uint64_t length = 0;   // length of the records, in bytes
    std::uint32_t checksum = 0; // CRC32C of the records
    Account account;
    std::string
        // Names of the packets' interfaces, as text_of_interfaces() writes them:
        // "2=eth0,3=br%2Clan".
        interfaces;

    // Returns the chunk's line in the index, with its checksum and line end.
    [[nodiscard]] std::string line() const;
    // Parses a line without its line end. Returns nothing if the line is damaged.
    [[nodiscard]] static std::optional<Chunk> parse(std::string_view line);
};

} // namespace spool
