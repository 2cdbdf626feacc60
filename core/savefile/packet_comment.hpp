// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "formats.hpp"

#include <nflogcap.h>
#include <span>
#include <string_view>

namespace nflog {

// Writes the name of a device; "#3" if the device with the index 3 has no name.
void put_device(TextWriter& text, const InterfaceNamer& namer, std::uint32_t index);

// Writes what the kernel reports about a packet besides its bytes:
//   group=5 in=eth0 out=eth1 mark=7 uid=0 gid=0 prefix="in: "
// Returns the text, which is in the buffer and is UTF-8. If the text does not fit, the end of the
// prefix is cut off, but never inside a character.
[[nodiscard]] std::string_view write_comment(const nflogcap_packet& packet,
                                             const InterfaceNamer& namer, std::span<char> buffer);

} // namespace nflog
