// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "frames.hpp"

#include <string>
#include <vector>

// Makes packets (from layer 3 on) from host A to an address behind host B. They are of every kind
// that rules examine.
namespace live {

using attributes::Bytes;

// Addresses behind host B. Host B silently drops packets to these addresses.
inline constexpr const char* behind_b_ipv4 = "10.0.2.3";
inline constexpr const char* behind_b_ipv6 = "fd00:2::3";

// A UDP packet with this data.
Bytes udp_packet(std::uint16_t port, const std::string& data);

// Packets with options, with extension headers, with damaged transport headers, and one in two
// fragments. A router forwards them all unchanged, with and without connection tracking.
std::vector<Bytes> packets();

// IPv4 and IPv6 fragments without the other fragments of their packets. A router forwards them
// unchanged, unless it tracks connections.
std::vector<Bytes> lone_fragments();

// IPv6 packets that a router forwards, but that the kernel's inet family would drop at ingress: a
// later fragment that claims to begin with an extension header, and one with extension headers that
// continue after its end.
std::vector<Bytes> headers_without_end();

} // namespace live
