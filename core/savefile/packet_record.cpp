// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_record.hpp"

#include "frame.hpp"
#include "payload.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/if_ether.h>

namespace nflog {

namespace {

// Bytes of the packet that the snaplen cut off.
std::uint32_t cut_off(const nflogcap_packet& packet) noexcept
{
    return packet.wire_length - packet.payload_length;
}

PacketRecord message_of(const nflogcap_packet& packet) noexcept
{
    // Wireshark does not read a record whose original length is more than the captured one, so both
    // are the message's length, even if the payload was cut.
    return {{packet.message, packet.message_length}, packet.message_length};
}

// A reader tells IPv4 from IPv6 by the first byte alone.
std::optional<PacketRecord> ip_packet_of(const nflogcap_packet& packet) noexcept
{
    const Layer3 l3 = guess_layer3(packet);
    const auto bytes = payload_from(packet, l3);
    if (bytes.empty())
        return {};
    constexpr unsigned ipv4 = 4;
    constexpr unsigned ipv6 = 6;
    const unsigned version = bytes.front() >> 4U;
    if (!(l3.ethertype == ETH_P_IP && version == ipv4) &&
        !(l3.ethertype == ETH_P_IPV6 && version == ipv6))
        return {};
    return PacketRecord{bytes, static_cast<std::uint32_t>(bytes.size()) + cut_off(packet)};
}

std::optional<PacketRecord> frame_of(const nflogcap_packet& packet,
                                     std::span<std::uint8_t> frame) noexcept
{
    const auto written = [&](std::size_t length) {
        return PacketRecord{frame.first(std::min(length, frame.size())),
                            static_cast<std::uint32_t>(length) + cut_off(packet)};
    };
    if (has_ethernet_header(packet))
        return written(write_frame(packet, frame.data(), frame.size()));
    const Layer3 l3 = guess_layer3(packet);
    if (l3.ethertype == 0 || l3.offset > packet.payload_length)
        return {};
    return written(write_bare_frame(packet, l3, frame.data(), frame.size()));
}

} // namespace

std::optional<PacketRecord> record_of(const nflogcap_packet& packet, LinkType type,
                                      std::span<std::uint8_t> frame) noexcept
{
    switch (type) {
    case LinkType::raw:
        return ip_packet_of(packet);
    case LinkType::ethernet:
        return frame_of(packet, frame);
    default:
        return message_of(packet);
    }
}

} // namespace nflog
