// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "formats.hpp"

#include <nflogcap.h>
#include <span>
#include <string_view>

namespace nflog {

// The name of a device, or "#3".
void put_device(TextWriter& text, const InterfaceNamer& namer, std::uint32_t index);

// The kernel's information on a packet that is not in its bytes:
//   group=5 in=eth0 out=eth1 mark=7 uid=0 gid=0 prefix="in: "
// The text is UTF-8, in the buffer. If it does not fit, the end of the prefix is cut off, between
// characters.
[[nodiscard]] std::string_view write_comment(const nflogcap_packet& packet,
                                             const InterfaceNamer& namer, std::span<char> buffer);

} // namespace nflog
