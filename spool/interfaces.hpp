// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace spool {

// Names by index, because an index has no meaning on another host.
using Interfaces = std::map<std::uint32_t, std::string>;

// "2=eth0,3=lo"; "" without interfaces. Bytes other than letters, digits, '.', '-', '_', ':' and
// '@' are escaped like "%2C".
std::string text_of_interfaces(const Interfaces& interfaces);
// Invalid entries are left out.
Interfaces interfaces_in(std::string_view text);

} // namespace spool
