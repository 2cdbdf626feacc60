// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "topology.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Builds packets and Ethernet frames byte by byte, so that a test knows every byte that it sent.
namespace attributes {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t ethernet_header = 14;

Bytes operator+(Bytes left, const Bytes& right);
Bytes from(const Bytes& bytes, std::size_t offset);
Bytes first(const Bytes& bytes, std::size_t count);

// Returns the checksum of IP, UDP and TCP (RFC 1071).
std::uint16_t checksum(const Bytes& bytes);

Bytes ethernet(const support::Mac& destination, const support::Mac& source,
               std::uint16_t ethertype);

struct VlanTag {
    std::uint16_t protocol;
    std::uint16_t tci;
};

// Inserts a tag into a frame, after the addresses and before existing tags.
Bytes tagged(const Bytes& frame, VlanTag tag);

// Return an IP packet with a UDP datagram to port 9. In IPv6, `extensions` are the headers before
// UDP, and `first_header` is the type of the first of them.
Bytes udp_over_ipv4(const std::string& source, const std::string& destination, const Bytes& data);
Bytes udp_over_ipv6(const std::string& source, const std::string& destination, const Bytes& data,
                    std::uint8_t first_header = 17, const Bytes& extensions = {});

// Returns a header of hop-by-hop or destination options of 8 bytes, which contains only padding.
Bytes ipv6_options(std::uint8_t next_header);
Bytes ipv6_fragment(std::uint8_t next_header);

Bytes arp_request(const support::Mac& sender, const std::string& sender_ip,
                  const std::string& target_ip);
Bytes arp_reply(const support::Mac& sender, const std::string& sender_ip,
                const support::Mac& target, const std::string& target_ip);

// Returns an IP packet as a router forwards it: with a lower time to live.
Bytes routed(Bytes packet);

} // namespace attributes
