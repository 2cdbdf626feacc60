// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "frames.hpp"

#include <string>
#include <vector>

// Packets (layer 3) from host A to an address behind host B, of every kind that rules examine.
namespace live {

using attributes::Bytes;

// The addresses behind host B. B drops what it receives for them without an answer.
inline constexpr const char* behind_b_ipv4 = "10.0.2.3";
inline constexpr const char* behind_b_ipv6 = "fd00:2::3";

// UDP with the data.
Bytes udp_packet(std::uint16_t port, const std::string& data);

// Packets with options, with extension headers, with damaged transport headers, and one in two
// fragments. A router forwards them all unchanged, with and without connection tracking.
std::vector<Bytes> packets();

// First and later fragments without their counterparts, IPv4 and IPv6. A router forwards them
// unchanged, but not with connection tracking.
std::vector<Bytes> lone_fragments();

// IPv6 packets that a router forwards, but that the kernel's inet family would drop at ingress: a
// later fragment that claims to begin with an extension header, and one with extension headers that
// continue after its end.
std::vector<Bytes> headers_without_end();

} // namespace live
