// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace nflog {

// The usual name of an IPPROTO_*; "" for the rare ones.
std::string_view protocol_name(std::uint8_t protocol);

// What a message of ICMP or ICMPv6 says; "" for the rare ones.
std::string_view icmp_name(std::uint8_t protocol, std::uint8_t type, std::uint8_t code);

} // namespace nflog
