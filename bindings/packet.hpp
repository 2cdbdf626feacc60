// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "values.hpp"

#include <nflogcap.h>

// What of a packet is more than a load.
namespace binding {

inline Optional optional(const nflogcap_packet& packet, std::uint64_t bit, std::uint64_t value)
{
    return {(packet.present & bit) != 0, value};
}

inline double timestamp(const nflogcap_packet& packet)
{
    return static_cast<double>(packet.timestamp_ns) / 1e9;
}

// Never nil: a packet of which only the metadata was captured has a payload of no bytes.
inline Bytes payload(const nflogcap_packet& packet)
{
    if (packet.payload == nullptr)
        return {"", 0};
    return {packet.payload, packet.payload_length};
}

// Allocated by malloc.
Bytes frame(const nflogcap_packet& packet, Failure& failure) noexcept;

Bytes attribute(const nflogcap_packet& packet, long long type, Failure& failure) noexcept;

} // namespace binding
