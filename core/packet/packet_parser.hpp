// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Reads one packet's message (struct nfgenmsg, then attributes) into a view of it. Whatever the
// view held before is gone; lost_before and a missing timestamp are not the message's to tell and
// are 0. False, with the view unspecified, where an attribute is cut, too short for its type, or a
// prefix does not end. Of an attribute that comes twice the last counts; unknown ones are skipped.
bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

// The same for the packets of a capture, whose layouts it remembers: so it does without the walk
// over the attributes for a packet that is laid out like one of the last.
class PacketParser {
public:
    bool parse(std::span<const std::byte> message, nflogcap_packet& view) noexcept;

private:
    RecentLayouts layouts_;
};

// The value of one attribute of a message by its NFULA_* number, known here or not; data() is
// nullptr where it is absent.
std::span<const std::byte> find_attribute(std::span<const std::byte> message,
                                          std::uint16_t type) noexcept;

} // namespace nflog
