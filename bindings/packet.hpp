// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interfaces.hpp"
#include "values.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>

namespace binding {

// A packet in a language. It owns its bytes, shares the names of its interfaces, and outlives its
// capture. It is one allocation: the message follows the struct.
struct Packet {
    nflogcap_packet view;
    Interfaces* interfaces;
    bool is_dissected = false;
    nflogcap_dissection dissection; // valid if is_dissected is true
};

// Returns a copy that shares `interfaces`, or NULL if there is no memory.
Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept;
void release(Packet* packet) noexcept;

// For languages that allocate packets themselves, and keep `interfaces` as long as the packet.
// These functions return the size of a copy, and make a copy in memory of that size. `message`:
// where the message's bytes are now, because they may have moved since the packet was received.
std::size_t size_of_copy(const nflogcap_packet& packet) noexcept;
Packet* copy_into(void* memory, const nflogcap_packet& packet, const std::uint8_t* message,
                  Interfaces& interfaces) noexcept;

// Makes a packet from a record of LINKTYPE_NFLOG. The names of its interfaces are unknown. Returns
// NULL on failure.
Packet* parse_packet(Bytes record, long long timestamp_ns, Failure& failure) noexcept;

// Copies the packet. Pointers in the copy point into the copy of the message at `message`.
void rebase(nflogcap_packet& copy, const nflogcap_packet& packet,
            const std::uint8_t* message) noexcept;

// Returns whether all fields of both packets are equal. The names of interfaces are not compared,
// because they may have been looked up at different times.
bool are_equal(const Packet& one, const Packet& other) noexcept;
// Returns equal hashes for equal packets.
std::size_t hash_of(const Packet& packet) noexcept;

// Returns the packet's parsed headers, and parses them at the first call.
const nflogcap_dissection& dissected(Packet& packet) noexcept;

// Returns bytes that are allocated by malloc().
Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept;

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept;

// Returns the text of nflogcap_packet_format(), with the names of the interfaces. It is allocated
// by malloc().
Text format(const Packet& packet, int form, Failure& failure) noexcept;

} // namespace binding
