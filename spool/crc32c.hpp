// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace spool {

// The CRC-32C of RFC 3720. It is computed over all bytes of a capture, and CPUs have an instruction
// for it.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

} // namespace spool
