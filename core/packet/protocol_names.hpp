// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <netinet/tcp.h>
#include <string_view>

namespace nflog {

// The usual name of a protocol number (IPPROTO_*); "" for rare protocols.
std::string_view protocol_name(std::uint8_t protocol);

// The TCP flags, in the order in which the formats list them.
struct TcpFlag {
    std::uint8_t flag;
    std::string_view name;
};
inline constexpr std::array<TcpFlag, 8> tcp_flags{{{TH_SYN, "SYN"},
                                                   {TH_FIN, "FIN"},
                                                   {TH_RST, "RST"},
                                                   {TH_PUSH, "PSH"},
                                                   {TH_URG, "URG"},
                                                   {0x40, "ECE"},
                                                   {0x80, "CWR"},
                                                   {TH_ACK, "ACK"}}};

// The meaning of an ICMP or ICMPv6 message; "" for rare messages.
std::string_view icmp_name(std::uint8_t protocol, std::uint8_t type, std::uint8_t code);

} // namespace nflog
