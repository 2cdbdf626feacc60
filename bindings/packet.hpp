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
};

// NULL without memory. Shares `interfaces`.
Packet* copy(const nflogcap_packet& packet, Interfaces& interfaces) noexcept;
void release(Packet* packet) noexcept;

// A copy of the view whose pointers lead into a copy of the message, at `message`.
nflogcap_packet rebased(const nflogcap_packet& packet, const std::uint8_t* message) noexcept;

inline Optional optional(const nflogcap_packet& packet, std::uint64_t bit, std::uint64_t value)
{
    return {(packet.present & bit) != 0, value};
}

inline double timestamp(const nflogcap_packet& packet)
{
    constexpr double second_ns = 1e9;
    return static_cast<double>(packet.timestamp_ns) / second_ns;
}

// Never nil: a packet of which only the metadata was captured has a payload of no bytes.
inline Bytes payload(const nflogcap_packet& packet)
{
    if (packet.payload == nullptr)
        return {"", 0};
    return {packet.payload, packet.payload_length};
}

// nil where the packet tells no such interface, or the interface was gone before it was looked up.
inline Text interface_name(const Packet& packet, std::uint64_t bit, std::uint32_t index)
{
    return {(packet.view.present & bit) != 0 ? packet.interfaces->name(index) : nullptr};
}

// Allocated by malloc.
Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept;

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept;

} // namespace binding
