// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace nflog {

// The names of families (NFPROTO_*) and of their hooks. JSON and the constants of the languages use
// them. nullptr if no such family or hook exists.
const char* family_name(std::uint8_t family) noexcept;
const char* hook_name(std::uint8_t family, std::uint8_t hook) noexcept;

// The numbers of all families and hooks with names are below these.
inline constexpr std::size_t max_families = 16;
inline constexpr std::size_t max_hooks = 8;

} // namespace nflog
