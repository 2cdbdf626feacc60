// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "text_writer.hpp"

#include <cstdint>

namespace nflog {

// Converts nanoseconds since the Unix epoch to text in UTC according to RFC 3339:
// "2023-11-14T22:13:20.000123456Z".
TextWriter::Block rfc3339(std::uint64_t time_ns) noexcept;

} // namespace nflog
