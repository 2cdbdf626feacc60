// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nflog {

// A table of taps, as another process needs to know it in order to adopt it.
struct TapRecord {
    std::string name;                // of the table
    std::uint32_t port;              // netlink port id of the socket that owns it
    std::map<std::size_t, Tap> taps; // by the number in the names of their chains
};

// As bytes, in which each value ends with a zero.
std::string text_of(const std::vector<TapRecord>& records);
// Throws Error (EBADMSG) if the text is damaged.
std::vector<TapRecord> tap_records_in(std::string_view text);

} // namespace nflog
