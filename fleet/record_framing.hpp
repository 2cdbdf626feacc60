// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fleet {

constexpr std::size_t savefile_head_bytes = 24;

// The number of records of a savefile. Nothing if it has no head, a record is cut or longer than
// programs read: behind such a record they would read nothing that another host sent.
std::optional<std::uint64_t> count_records(std::string_view savefile);

} // namespace fleet
