// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interfaces.hpp"
#include "values.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace binding {

// A packet as a language holds it. It has its own bytes and the names of its interfaces, and
// outlives its capture. One allocation, in which the message follows the struct.
struct Packet {
    nflogcap_packet view;
    Interfaces* interfaces;
    bool is_dissected = false;
    nflogcap_dissection dissection; // valid if is_dissected
};

// NULL if there is no memory. Shares `interfaces`.
Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept;
void release(Packet* packet) noexcept;

// For languages that keep packets in memory of their own, and keep `interfaces` as long: the size
// of a copy, and a copy in memory of that size. The message's bytes may have moved to `message`
// since the packet was received.
std::size_t size_of_copy(const nflogcap_packet& packet) noexcept;
Packet* copy_into(void* memory, const nflogcap_packet& packet, const std::uint8_t* message,
                  Interfaces& interfaces) noexcept;

// A packet made from a record of LINKTYPE_NFLOG; the names of its interfaces are unknown. NULL on
// failure.
Packet* parse_packet(Bytes record, long long timestamp_ns, Failure& failure) noexcept;

// Copies the packet with pointers into a copy of its message, at `message`.
void rebase(nflogcap_packet& copy, const nflogcap_packet& packet,
            const std::uint8_t* message) noexcept;

// Whether both packets have equal fields. The names of interfaces do not count, because they may
// have been looked up at different times.
bool are_equal(const Packet& one, const Packet& other) noexcept;
// Equal packets have equal hashes.
std::size_t hash_of(const Packet& packet) noexcept;

// The packet's parsed headers; they are parsed once.
const nflogcap_dissection& dissected(Packet& packet) noexcept;

// Allocated by malloc.
Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept;

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept;

// The text of nflogcap_packet_format(), with the names of the interfaces. Allocated by malloc.
Text format(const Packet& packet, int form, Failure& failure) noexcept;

} // namespace binding
