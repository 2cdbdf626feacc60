// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "host_table.hpp"
#include "screen.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace fleet {

// Returns a text such as "0.1 s", "12 s", "3 min", "2 h" or "5 d".
std::string rounded(std::chrono::nanoseconds time);

// Returns the lines of the table. Problems of a host have a colour.
std::vector<command::Line> host_lines(const std::vector<HostTable::Row>& rows,
                                      const command::Colours& colours);

} // namespace fleet
