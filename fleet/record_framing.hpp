// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fleet {

constexpr std::size_t savefile_head_bytes = 24;
constexpr std::size_t record_head_bytes = 16;

// The first number of a savefile: the unit of its timestamps, in its writer's byte order.
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;

// The number of records in a savefile. Nothing if it has no head, or if a record is cut off or
// longer than other programs read: they would not read the records after it, which may come from
// other hosts.
std::optional<std::uint64_t> count_records(std::string_view savefile);

} // namespace fleet
