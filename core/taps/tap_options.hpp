// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace nflog {

// How a tap logs the packets that it matches: the values of the options tap_priority, tap_prefix,
// tap_limit and tap_sample, as the user wrote them.
struct TapOptions {
    std::string priority; // "": right after connection tracking
    std::string prefix;
    std::string limit;        // "": unlimited
    std::uint32_t sample = 1; // logs one of this number of packets

    bool operator==(const TapOptions&) const = default;
};

// Returns the number of a priority in nft's language, such as "-150", "raw" or "filter - 1". This
// and the next two functions throw Error (EINVAL).
std::int32_t number_of_priority(const std::string& words);
// Check that a prefix cannot end its quotation marks, and that a limit contains nothing else.
void require_prefix(const std::string& prefix);
void require_limit(const std::string& limit);

} // namespace nflog
