// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

namespace nflog {

// Parses the connection tracking entry in a packet's message.
[[nodiscard]] nflogcap_conntrack read_conntrack(const nflogcap_packet& packet) noexcept;

} // namespace nflog
