// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

struct WireLength {
    std::uint32_t bytes;
    bool is_known; // false: no header contains the length; `bytes` is then that of the cut payload
};

// The length that the payload had before the snaplen cut it. The padding of a short frame counts if
// the payload contains it.
[[nodiscard]] WireLength wire_length(const nflogcap_packet& packet) noexcept;

} // namespace nflog
