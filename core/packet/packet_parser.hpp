// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Reads one packet's message (struct nfgenmsg, then attributes) into a view of it, and overwrites
// the whole view. The message does not know lost_before, and may lack a timestamp: both are 0 then.
// Returns false, with the view unspecified, if an attribute is cut, too short for its type, or a
// prefix without its NUL. If an attribute comes twice, the last counts. Unknown ones are skipped.
bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

} // namespace nflog
