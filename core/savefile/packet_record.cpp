// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_record.hpp"

#include "frame.hpp"
#include "payload.hpp"
#include "vlan_tags.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/if_ether.h>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

bool is_ip(std::uint16_t ethertype) noexcept
{
    return ethertype == ETH_P_IP || ethertype == ETH_P_IPV6;
}

// Returns how many bytes of the payload, counted from `offset`, the snaplen has cut off.
std::uint32_t cut_off(const nflogcap_packet& packet, std::size_t offset) noexcept
{
    return static_cast<std::uint32_t>(std::max<std::size_t>(packet.wire_length, offset) -
                                      std::max<std::size_t>(packet.payload_length, offset));
}

PacketRecord message_of(const nflogcap_packet& packet) noexcept
{
    // Wireshark rejects a record if its original length is greater than its captured length.
    // Therefore both are the length of the message, even if the payload was cut.
    return {{packet.message, packet.message_length}, packet.message_length};
}

// The first byte must agree with the EtherType, because readers distinguish IPv4 from IPv6 only by
// the first byte.
std::optional<PacketRecord> ip_packet_of(const nflogcap_packet& packet) noexcept
{
    const Layer3 l3 = guess_layer3(packet);
    const Bytes bytes = payload_from(packet, l3);
    if (bytes.empty() || !is_ip(l3.ethertype))
        return {};
    constexpr unsigned ipv4 = 4;
    constexpr unsigned ipv6 = 6;
    if (bytes.front() >> 4U != (l3.ethertype == ETH_P_IP ? ipv4 : ipv6))
        return {};
    return PacketRecord{bytes,
                        static_cast<std::uint32_t>(bytes.size()) + cut_off(packet, l3.offset)};
}

// Whether a reader of the frame finds the IP packet in it. If the kernel has removed a header
// between the frame's header and the packet, such as that of PPPoE, the reader does not find it.
bool leads_to_packet(Bytes frame, const nflogcap_packet& packet) noexcept
{
    const std::uint16_t ethertype = layer3(packet).ethertype;
    return !is_ip(ethertype) || skip_vlan_tags(frame, start_of_frame(frame), [](std::uint16_t) {
                                }).ethertype == ethertype;
}

std::optional<PacketRecord> frame_of(const nflogcap_packet& packet,
                                     std::span<std::uint8_t> room) noexcept
{
    const auto record = [&](std::size_t length, std::size_t offset) {
        return PacketRecord{room.first(std::min(length, room.size())),
                            static_cast<std::uint32_t>(length) + cut_off(packet, offset)};
    };
    if (has_ethernet_header(packet)) {
        const PacketRecord frame = record(write_frame(packet, room.data(), room.size()), 0);
        if (leads_to_packet(frame.bytes, packet))
            return frame;
    }
    const Layer3 l3 = guess_layer3(packet);
    if (l3.ethertype < ETH_P_802_3_MIN)
        return {};
    return record(write_bare_frame(packet, l3, room.data(), room.size()), l3.offset);
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
