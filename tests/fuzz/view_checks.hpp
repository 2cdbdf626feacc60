// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <nflogcap.h>
#include <span>

namespace fuzz {

// Compares all bytes of two packets.
[[nodiscard]] bool are_equal(const nflogcap_packet& a, const nflogcap_packet& b) noexcept;

// Parses a message. Fails if a walk over its attributes finds something else.
bool parse_and_walk(std::span<const std::byte> message, nflogcap_packet& view);

// Checks a parsed packet: its pointers point to the values of the attributes in the message, and
// exactly the attributes in `present` exist.
void check_view(std::span<const std::byte> message, const nflogcap_packet& view);

// Checks the packet's frame: the returned length does not depend on the size of the buffer.
void check_frame(const nflogcap_packet& view);

// Checks the packet's records in savefiles: they are not longer than the original packet.
void check_records(const nflogcap_packet& view);

// Checks a clone of the packet: it equals the result of parsing the clone's message.
void check_clone(const nflogcap_packet& view);

} // namespace fuzz
