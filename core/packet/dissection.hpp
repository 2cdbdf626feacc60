// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nflogcap.h>

namespace nflog {

// Parses the headers in a packet's payload.
[[nodiscard]] nflogcap_dissection dissect(const nflogcap_packet& packet) noexcept;

} // namespace nflog
