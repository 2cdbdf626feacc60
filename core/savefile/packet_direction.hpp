// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace nflog {

// As epb_flags of pcapng number them.
enum class Direction : std::uint32_t {
    unknown = 0,
    inbound = 1,
    outbound = 2,
};

// Which way a packet went, as far as its hook and interfaces say it: a packet that is forwarded
// goes both ways, and one from a file of IP packets has neither.
[[nodiscard]] Direction direction_of(const nflogcap_packet& packet) noexcept;

} // namespace nflog
