// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace spool {

// Names by index: an index means nothing on another host.
using Interfaces = std::map<std::uint32_t, std::string>;

// "2=eth0,3=lo"; "" for none. A byte that is no letter, digit, '.', '-', '_', ':' or '@' is "%2C".
std::string text_of_interfaces(const Interfaces& interfaces);
// What cannot be read is left out.
Interfaces interfaces_in(std::string_view text);

} // namespace spool
