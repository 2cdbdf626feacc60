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

// Describes a table of taps for the process that adopts it.
struct TapRecord {
    std::string name;                // the table's name
    std::uint32_t port;              // netlink port id of the socket that owns it
    std::map<std::size_t, Tap> taps; // by the number in the chain's name
};

// Converts the records to bytes. Each value ends with a zero byte.
std::string text_of(const std::vector<TapRecord>& records);
// Throws Error (EBADMSG) if the text is damaged.
std::vector<TapRecord> tap_records_in(std::string_view text);

} // namespace nflog
