// SPDX-License-Identifier: GPL-2.0-or-later
#include "frames.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <stdexcept>

namespace attributes {

namespace {

constexpr std::size_t mac_addresses = 2UL * ETH_ALEN;
constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv4_ttl_at = 8;
constexpr std::size_t ipv4_checksum_at = 10;
constexpr std::size_t ipv6_hop_limit_at = 7;
constexpr std::size_t udp_header = 8;
constexpr std::size_t udp_checksum_at = 6;
constexpr std::uint8_t hops = 64;
constexpr std::uint8_t udp = IPPROTO_UDP;

std::uint8_t high(std::size_t number)
{
    return static_cast<std::uint8_t>(number >> 8);
}

std::uint8_t low(std::size_t number)
{
    return static_cast<std::uint8_t>(number);
}

Bytes ip_address(int family, const std::string& words)
{
    Bytes bytes(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
    if (inet_pton(family, words.c_str(), bytes.data()) != 1)
        throw std::runtime_error(words + " is no address");
    return bytes;
}

Bytes bytes_of(const support::Mac& mac)
{
    return {mac.begin(), mac.end()};
}

void put_checksum(Bytes& bytes, std::size_t at, const Bytes& summed)
{
    const std::uint16_t sum = checksum(summed);
    bytes.at(at) = high(sum);
    bytes.at(at + 1) = low(sum);
}

Bytes datagram(const Bytes& addresses, const Bytes& data)
{
    const std::size_t length = udp_header + data.size();
    const Bytes pseudo_header = addresses + Bytes{0, udp, high(length), low(length)};
    Bytes bytes = Bytes{0x30, 0x39, 0, 9, high(length), low(length), 0, 0} + data;
    put_checksum(bytes, udp_checksum_at, pseudo_header + bytes);
    return bytes;
}

Bytes arp(std::uint16_t operation, const support::Mac& sender, const std::string& sender_ip,
          const support::Mac& target, const std::string& target_ip)
{
    return Bytes{0,        ARPHRD_ETHER,    high(ETH_P_IP),  low(ETH_P_IP),
                 ETH_ALEN, sizeof(in_addr), high(operation), low(operation)} +
           bytes_of(sender) + ip_address(AF_INET, sender_ip) + bytes_of(target) +
           ip_address(AF_INET, target_ip);
}

} // namespace

std::uint16_t checksum(const Bytes& bytes)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += i % 2 == 0 ? static_cast<std::uint32_t>(bytes[i]) << 8 : bytes[i];
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

Bytes operator+(Bytes left, const Bytes& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes from(const Bytes& bytes, std::size_t offset)
{
    return {bytes.begin() + static_cast<std::ptrdiff_t>(std::min(offset, bytes.size())),
            bytes.end()};
}

Bytes first(const Bytes& bytes, std::size_t count)
{
    return {bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size()))};
}

Bytes ethernet(const support::Mac& destination, const support::Mac& source, std::uint16_t ethertype)
{
    return bytes_of(destination) + bytes_of(source) + Bytes{high(ethertype), low(ethertype)};
}

Bytes tagged(const Bytes& frame, VlanTag tag)
{
    return first(frame, mac_addresses) +
           Bytes{high(tag.protocol), low(tag.protocol), high(tag.tci), low(tag.tci)} +
           from(frame, mac_addresses);
}

Bytes udp_over_ipv4(const std::string& source, const std::string& destination, const Bytes& data)
{
    const Bytes addresses = ip_address(AF_INET, source) + ip_address(AF_INET, destination);
    const std::size_t length = ipv4_header + udp_header + data.size();
    Bytes header =
        Bytes{0x45, 0, high(length), low(length), 0, 0, 0, 0, hops, udp, 0, 0} + addresses;
    put_checksum(header, ipv4_checksum_at, header);
    return header + datagram(addresses, data);
}

Bytes udp_over_ipv6(const std::string& source, const std::string& destination, const Bytes& data,
                    std::uint8_t first_header, const Bytes& extensions)
{
    const Bytes addresses = ip_address(AF_INET6, source) + ip_address(AF_INET6, destination);
    const Bytes rest = extensions + datagram(addresses, data);
    return Bytes{0x60, 0, 0, 0, high(rest.size()), low(rest.size()), first_header, hops} +
           addresses + rest;
}

Bytes ipv6_options(std::uint8_t next_header)
{
    constexpr std::uint8_t padding = 1; // type of the option PadN; its length is 4 bytes
    return {next_header, 0, padding, 4, 0, 0, 0, 0};
}

Bytes ipv6_fragment(std::uint8_t next_header)
{
    constexpr std::uint8_t more_fragments = 1;
    return {next_header, 0, 0, more_fragments, 1, 2, 3, 4};
}

Bytes arp_request(const support::Mac& sender, const std::string& sender_ip,
                  const std::string& target_ip)
{
    return arp(ARPOP_REQUEST, sender, sender_ip, {}, target_ip);
}

Bytes arp_reply(const support::Mac& sender, const std::string& sender_ip,
                const support::Mac& target, const std::string& target_ip)
{
    return arp(ARPOP_REPLY, sender, sender_ip, target, target_ip);
}

Bytes routed(Bytes packet)
{
    if (packet.at(0) >> 4 == 6) {
        --packet.at(ipv6_hop_limit_at);
        return packet;
    }
    --packet.at(ipv4_ttl_at);
    packet.at(ipv4_checksum_at) = packet.at(ipv4_checksum_at + 1) = 0;
    put_checksum(packet, ipv4_checksum_at, first(packet, ipv4_header));
    return packet;
}

} // namespace attributes
