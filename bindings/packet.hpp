// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interfaces.hpp"
#include "values.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace binding {

// A packet as a language holds it: with its bytes and the names of its interfaces it outlives its
// capture. One allocation, in which the message follows.
struct Packet {
    nflogcap_packet view;
    Interfaces* interfaces;
    bool is_dissected = false;
    nflogcap_dissection dissection; // valid if is_dissected
};

// NULL without memory. Shares `interfaces`.
Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept;
void release(Packet* packet) noexcept;

// For languages that keep packets in memory of their own, and keep `interfaces` as long: a copy in
// memory of that size. The message's bytes may have moved to `message` since the packet was
// received.
std::size_t size_of_copy(const nflogcap_packet& packet) noexcept;
Packet* copy_into(void* memory, const nflogcap_packet& packet, const std::uint8_t* message,
                  Interfaces& interfaces) noexcept;

// A packet of a record of LINKTYPE_NFLOG, which does not know the names of its interfaces. NULL if
// it fails.
Packet* parse_packet(Bytes record, long long timestamp_ns, Failure& failure) noexcept;

// Copies the view, with pointers that lead into a copy of the message, at `message`.
void rebase(nflogcap_packet& copy, const nflogcap_packet& packet,
            const std::uint8_t* message) noexcept;

// Whether all that the kernel and the library say of both packets is the same. The names of
// interfaces, which may have been looked up later, do not count.
bool are_equal(const Packet& one, const Packet& other) noexcept;
// Equal packets have the same.
std::size_t hash_of(const Packet& packet) noexcept;

// What the packet's headers say, read once.
const nflogcap_dissection& dissected(Packet& packet) noexcept;

// Allocated by malloc.
Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept;

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept;

// As nflogcap_packet_format() writes it, with the names of the interfaces. Allocated by malloc.
Text format(const Packet& packet, int form, Failure& failure) noexcept;

} // namespace binding
