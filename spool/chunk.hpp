// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "account.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// Records of a savefile that belong to one group and stand together in a segment; or none, where
// only the account has something to say. An index has a line for each.
struct Chunk {
    std::uint16_t group = 0;
    std::uint64_t number = 0;   // in its group, from 1 on
    std::uint64_t offset = 0;   // of its records in the segment, in bytes
    std::uint64_t length = 0;   // of its records, in bytes
    std::uint32_t checksum = 0; // CRC32C of the records
    Account account;
    std::string
        interfaces; // of its packets: "2=eth0,3=br%2Clan", as text_of_interfaces() writes it

    // With its end of line and its own checksum.
    [[nodiscard]] std::string line() const;
    // Of a line without its end. Nothing if it is damaged.
    [[nodiscard]] static std::optional<Chunk> parse(std::string_view line);
};

} // namespace spool
