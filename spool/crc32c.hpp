// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace spool {

// Returns the CRC-32C of RFC 3720. This checksum was chosen because it is computed over all
// captured bytes, and CPUs have an instruction for it.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

} // namespace spool
