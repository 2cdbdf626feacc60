// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>

namespace fuzz {

// Compares to the last byte.
[[nodiscard]] bool are_equal(const nflogcap_packet& a, const nflogcap_packet& b) noexcept;

// Parses a message; fails unless the walk over its attributes finds the same.
bool parse_and_walk(std::span<const std::byte> message, nflogcap_packet& view);

// Checks of the parser's view of a message: its values lie in the message, where a search for the
// attribute finds it, and exactly the attributes in `present` are there.
void check_view(std::span<const std::byte> message, const nflogcap_packet& view);

// Of the packet's frame: that it has the returned length, however much of it is requested.
void check_frame(const nflogcap_packet& view);

// Checks of the packet's records in savefiles: they are not longer than the packet was.
void check_records(const nflogcap_packet& view);

// Checks of a clone: it equals the parser's result for the clone's own bytes.
void check_clone(const nflogcap_packet& view);

} // namespace fuzz
