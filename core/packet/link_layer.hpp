// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Returns the link-layer header before the payload. Empty if the payload begins with this header,
// if the kernel sent no header, or if its header may not belong to this packet.
[[nodiscard]] std::span<const std::uint8_t> header_before(const nflogcap_packet& packet) noexcept;

// Whether the device has Ethernet headers, according to the kernel.
[[nodiscard]] bool is_ethernet(const nflogcap_packet& packet) noexcept;

} // namespace nflog
