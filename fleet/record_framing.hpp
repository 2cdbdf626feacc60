// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fleet {

constexpr std::size_t savefile_head_bytes = 24;
constexpr std::size_t record_head_bytes = 16;

// The first number of a savefile, in the byte order of its writer. It shows the unit of the
// timestamps.
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;

// Returns the number of records in a savefile. Returns nothing if the savefile has no head, if a
// record is cut off, or if a record is longer than other programs accept: they would stop there,
// and would not read later records, which may come from other hosts.
std::optional<std::uint64_t> count_records(std::string_view savefile);

} // namespace fleet
