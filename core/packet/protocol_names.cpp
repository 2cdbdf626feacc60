// SPDX-License-Identifier: GPL-2.0-or-later
#include "protocol_names.hpp"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

namespace nflog {

namespace {

// Numbers for which the C library's headers have no name.
constexpr std::uint8_t mldv2_report = 143;
constexpr std::uint8_t ospf = 89;
constexpr std::uint8_t vrrp = 112;

std::string_view unreachable(std::uint8_t code)
{
    switch (code) {
    case ICMP_NET_UNREACH:
        return "network unreachable";
    case ICMP_HOST_UNREACH:
        return "host unreachable";
    case ICMP_PROT_UNREACH:
        return "protocol unreachable";
    case ICMP_PORT_UNREACH:
        return "port unreachable";
    case ICMP_FRAG_NEEDED:
        return "fragmentation needed";
    case ICMP_NET_ANO:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
        return "administratively prohibited";
    default:
        return "unreachable";
    }
}

std::string_view icmpv4_name(std::uint8_t type, std::uint8_t code)
{
    switch (type) {
    case ICMP_ECHO:
        return "echo request";
    case ICMP_ECHOREPLY:
        return "echo reply";
    case ICMP_DEST_UNREACH:
        return unreachable(code);
    case ICMP_REDIRECT:
        return "redirect";
    case ICMP_TIME_EXCEEDED:
        return "time exceeded";
    case ICMP_PARAMETERPROB:
        return "parameter problem";
    default:
        return {};
    }
}

std::string_view icmpv6_name(std::uint8_t type, std::uint8_t code)
{
    switch (type) {
    case ICMP6_ECHO_REQUEST:
        return "echo request";
    case ICMP6_ECHO_REPLY:
        return "echo reply";
    case ICMP6_DST_UNREACH:
        switch (code) {
        case ICMP6_DST_UNREACH_NOROUTE:
            return "no route";
        case ICMP6_DST_UNREACH_ADMIN:
            return "administratively prohibited";
        case ICMP6_DST_UNREACH_ADDR:
            return "host unreachable";
        case ICMP6_DST_UNREACH_NOPORT:
            return "port unreachable";
        default:
            return "unreachable";
        }
    case ICMP6_PACKET_TOO_BIG:
        return "packet too big";
    case ICMP6_TIME_EXCEEDED:
        return "time exceeded";
    case ICMP6_PARAM_PROB:
        return "parameter problem";
    case ND_ROUTER_SOLICIT:
        return "router solicitation";
    case ND_ROUTER_ADVERT:
        return "router advertisement";
    case ND_NEIGHBOR_SOLICIT:
        return "neighbour solicitation";
    case ND_NEIGHBOR_ADVERT:
        return "neighbour advertisement";
    case ND_REDIRECT:
        return "redirect";
    case MLD_LISTENER_QUERY:
        return "multicast listener query";
    case MLD_LISTENER_REPORT:
    case mldv2_report:
        return "multicast listener report";
    case MLD_LISTENER_REDUCTION:
        return "multicast listener done";
    default:
        return {};
    }
}

} // namespace

std::string_view protocol_name(std::uint8_t protocol)
{
    switch (protocol) {
    case IPPROTO_ICMP:
        return "ICMP";
    case IPPROTO_IGMP:
        return "IGMP";
    case IPPROTO_IPIP:
        return "IPIP";
    case IPPROTO_TCP:
        return "TCP";
    case IPPROTO_UDP:
        return "UDP";
    case IPPROTO_DCCP:
        return "DCCP";
    case IPPROTO_IPV6:
        return "IPv6";
    case IPPROTO_GRE:
        return "GRE";
    case IPPROTO_ESP:
        return "ESP";
    case IPPROTO_AH:
        return "AH";
    case IPPROTO_ICMPV6:
        return "ICMPv6";
    case ospf:
        return "OSPF";
    case vrrp:
        return "VRRP";
    case IPPROTO_SCTP:
        return "SCTP";
    case IPPROTO_UDPLITE:
        return "UDPLite";
    default:
        return {};
    }
}

std::string_view icmp_name(std::uint8_t protocol, std::uint8_t type, std::uint8_t code)
{
    return protocol == IPPROTO_ICMP ? icmpv4_name(type, code) : icmpv6_name(type, code);
}

} // namespace nflog
