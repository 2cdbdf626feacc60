// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <optional>
#include <string>

namespace fleet {

// The packets of a message as JSON, one object a line: that of 'nflogcap --json', with the host
// and its names of interfaces. Nothing if a packet is damaged. The message's records were counted
// by count_records().
std::optional<std::string> packet_lines(const Message& message);

} // namespace fleet
