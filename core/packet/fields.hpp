// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>
#include <string_view>

namespace nflog {

// The description of every field of a packet: those of struct nflogcap_packet, in its order, then
// those of struct nflogcap_dissection. Not described are the fields that only serve others
// (`present`, `known` and the lengths of bytes) and `message`, which holds all of them again.
[[nodiscard]] std::span<const nflogcap_field> fields() noexcept;

// The same of struct nflogcap_conntrack and struct nflogcap_tuple, without `has` and the length of
// the addresses.
[[nodiscard]] std::span<const nflogcap_field> conntrack_fields() noexcept;
[[nodiscard]] std::span<const nflogcap_field> tuple_fields() noexcept;

// In each of these lists.
inline constexpr std::size_t max_fields = 64;
inline constexpr std::size_t max_field_name = 24; // bytes

// The index of the field `name`; throws Error if there is none.
[[nodiscard]] std::size_t find_field(std::string_view name);

} // namespace nflog
