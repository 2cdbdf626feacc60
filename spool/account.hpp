// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// The account of the packets of one group. All counts except `packets` are sums since the spool was
// created. Therefore an account is complete even if earlier accounts never arrive.
struct Account {
    std::uint64_t packets = 0;  // packets in this account's chunk
    std::uint64_t total = 0;    // packets in all chunks up to this one
    std::uint64_t lost = 0;     // packets that the kernel lost
    std::uint64_t filtered = 0; // packets that were read, and rejected by the filter
    std::uint64_t dropped = 0;  // packets that a full spool dropped before they were acknowledged
    std::uint64_t session = 0;  // when the group was bound, in nanoseconds since the Unix epoch
    std::uint64_t time = 0;     // when the chunk was completed, in nanoseconds since the Unix epoch
    bool is_end = false;        // the session ended normally with this chunk
    // The number that the kernel gives, in this session, to the first packet after those counted
    // here. Absent in accounts of earlier versions.
    std::optional<std::uint32_t> next{};

    // Returns "packets=1 total=2 ... end=0": words separated by spaces.
    [[nodiscard]] std::string text() const;
    // Returns nothing if a word is missing or is not a number. Ignores words of later versions.
    [[nodiscard]] static std::optional<Account> parse(std::string_view text);
};

} // namespace spool
