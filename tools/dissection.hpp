// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>

namespace command {

// What the headers at the start of a packet's payload say. Pointers are into the payload.
struct Dissection {
    enum class Layer3 : std::uint8_t { none, ipv4, ipv6, arp };
    enum class Layer4 : std::uint8_t { none, ports, tcp, icmp }; // ports: UDP, SCTP and the like

    std::uint16_t ether_type = 0; // 0: unknown
    Layer3 layer3 = Layer3::none;
    const std::uint8_t* source = nullptr; // addresses: 4 bytes, or 16 with ipv6
    const std::uint8_t* destination = nullptr;
    std::uint8_t protocol = 0;         // IPPROTO_*, behind IPv6's extension headers
    std::uint16_t arp_operation = 0;   // ARPOP_*
    bool fragment = false;             // a later one, which has no layer 4 header
    std::uint32_t fragment_offset = 0; // bytes
    Layer4 layer4 = Layer4::none;      // none too where the snaplen cut it off
    std::uint16_t source_port = 0;     // host order
    std::uint16_t destination_port = 0;
    std::uint8_t tcp_flags = 0; // TH_*
    std::uint8_t icmp_type = 0;
    std::uint8_t icmp_code = 0;
    bool is_echo = false; // then with these two
    std::uint16_t echo_id = 0;
    std::uint16_t echo_sequence = 0;
};

Dissection dissect(const nflogcap_packet& packet);

} // namespace command
