// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spool {

// What happened to the packets of one group. All counts except `packets` are sums since the spool
// was created, so that an account includes earlier accounts if these never arrive.
struct Account {
    std::uint64_t packets = 0;  // in the chunk that the account belongs to
    std::uint64_t total = 0;    // in all chunks up to this one
    std::uint64_t lost = 0;     // by the kernel
    std::uint64_t filtered = 0; // read, and rejected by the filter
    std::uint64_t dropped = 0;  // by the spool, because it was full, before they were acknowledged
    std::uint64_t session = 0;  // when the group was bound, in nanoseconds since the Unix epoch
    std::uint64_t time = 0;     // when the chunk was cut, in nanoseconds since the Unix epoch
    bool is_end = false;        // the session ended with this chunk, in order
    // The kernel's number, in the session, of the first packet that is not counted here. Absent in
    // accounts of earlier versions.
    std::optional<std::uint32_t> next{};

    // "packets=1 total=2 ... end=0": words separated by spaces.
    [[nodiscard]] std::string text() const;
    // Absent if a word is missing or is not a number; words of later versions are skipped.
    [[nodiscard]] static std::optional<Account> parse(std::string_view text);
};

} // namespace spool
