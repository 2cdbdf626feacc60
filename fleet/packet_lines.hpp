// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <optional>
#include <string>

namespace fleet {

// The packets of a message as JSON, one object per line: as printed by 'nflogcap --json', plus the
// host and its names of interfaces. Nothing if a packet is damaged. The message's records must have
// been checked by count_records().
std::optional<std::string> packet_lines(const Message& message);

} // namespace fleet
