// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>

namespace fuzz {

// To the last byte.
[[nodiscard]] bool are_equal(const nflogcap_packet& a, const nflogcap_packet& b) noexcept;

// Parses a message; fails unless the walk over its attributes finds the same.
bool parse_and_walk(std::span<const std::byte> message, nflogcap_packet& view);

// What must hold of the view that the parser made of a message: what it shows lies in the message,
// is where a search for the attribute finds it, and only that is there which `present` tells.
void check_view(std::span<const std::byte> message, const nflogcap_packet& view);

// Of the packet's frame: that it has the returned length, however much of it is requested.
void check_frame(const nflogcap_packet& view);

// Of the packet's records in savefiles: that they are no longer than the packet was.
void check_records(const nflogcap_packet& view);

// Of a clone: that it is what the parser makes of the clone's own bytes.
void check_clone(const nflogcap_packet& view);

} // namespace fuzz
