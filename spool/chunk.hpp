// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// Consecutive records in a segment that belong to one group; without records if there is only an
// account. An index has a line for each chunk.
struct Chunk {
    std::uint16_t group = 0;
    std::uint64_t number = 0;   // within its group, from 1
    std::uint64_t offset = 0;   // of its records in the segment, in bytes
    std::uint64_t length = 0;   // of its records, in bytes
    std::uint32_t checksum = 0; // CRC32C of the records
    Account account;
    std::string
        interfaces; // of its packets: "2=eth0,3=br%2Clan", as text_of_interfaces() writes it

    // The chunk's line in the index, with its checksum and line end.
    [[nodiscard]] std::string line() const;
    // Parses a line without its end. Absent if the line is damaged.
    [[nodiscard]] static std::optional<Chunk> parse(std::string_view line);
};

} // namespace spool
