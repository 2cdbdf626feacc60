// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>
#include <string_view>

namespace nflog {

// The descriptions of all fields of a packet: first those of struct nflogcap_packet, in its order,
// then those of struct nflogcap_dissection. Members that belong to other fields (`present`, `known`
// and lengths) have no description. `message` has none either, because it repeats all fields.
[[nodiscard]] std::span<const nflogcap_field> fields() noexcept;

// The descriptions of struct nflogcap_conntrack and struct nflogcap_tuple, without `has` and the
// length of the addresses.
[[nodiscard]] std::span<const nflogcap_field> conntrack_fields() noexcept;
[[nodiscard]] std::span<const nflogcap_field> tuple_fields() noexcept;

// The maximum number of fields in each of these lists.
inline constexpr std::size_t max_fields = 64;
inline constexpr std::size_t max_field_name = 24; // bytes

// The index of the field `name`; throws Error if no field has this name.
[[nodiscard]] std::size_t find_field(std::string_view name);

} // namespace nflog
