// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

struct WireLength {
    std::uint32_t bytes;
    bool is_known; // false: no header has it; the payload may have been longer
};

// The length of the payload before the snaplen cut it. Padding of a short frame is included if it
// is in the payload.
[[nodiscard]] WireLength wire_length(const nflogcap_packet& packet) noexcept;

} // namespace nflog
