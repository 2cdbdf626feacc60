// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <optional>
#include <string>

namespace fleet {

// Returns the packets of a message as JSON, one object per line, as 'nflogcap --json' prints them.
// The objects also have the host, and the host's names of interfaces. Returns nothing if a packet
// is damaged. Call count_records() first, which checks the message's records.
std::optional<std::string> packet_lines(const Message& message);

} // namespace fleet
