// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace spool {

// The names of interfaces by their index. Names are stored because an index has no meaning on
// another host.
using Interfaces = std::map<std::uint32_t, std::string>;

// Returns a text such as "2=eth0,3=lo"; "" without interfaces. Bytes other than letters, digits,
// '.', '-', '_', ':' and '@' are escaped, as in "%2C".
std::string text_of_interfaces(const Interfaces& interfaces);
// Parses such a text, and ignores invalid entries.
Interfaces interfaces_in(std::string_view text);

} // namespace spool
