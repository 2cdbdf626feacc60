// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame.hpp"

#include "link_layer.hpp"
#include "vlan_tags.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/if_ether.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

// Copies pieces one after the other into a buffer. Pieces that do not fit are cut off.
class FrameWriter {
public:
    FrameWriter(std::uint8_t* buffer, std::size_t capacity) : buffer_(buffer), capacity_(capacity)
    {
    }

    void put(Bytes piece) noexcept
    {
        if (length_ < capacity_ && !piece.empty())
            std::memcpy(buffer_ + length_, piece.data(),
                        std::min(piece.size(), capacity_ - length_));
        length_ += piece.size();
    }

    [[nodiscard]] std::size_t length() const noexcept { return length_; }

private:
    std::uint8_t* buffer_;
    std::size_t capacity_;
    std::size_t length_ = 0;
};

} // namespace

bool has_ethernet_header(const nflogcap_packet& packet) noexcept
{
    if (starts_with_ethernet(packet))
        return true;
    return header_before(packet).size() == ETH_HLEN && is_ethernet(packet);
}

std::size_t write_frame(const nflogcap_packet& packet, std::uint8_t* buffer,
                        std::size_t capacity) noexcept
{
    const Bytes payload(packet.payload, packet.payload_length);
    const Bytes header = header_before(packet);
    FrameWriter frame(buffer, capacity);
    const Bytes start = header.empty() ? payload : header;
    const bool tagged = (packet.present & NFLOGCAP_HAS_VLAN) != 0 && start.size() >= mac_addresses;
    if (tagged) {
        const std::array<std::uint8_t, vlan_tag> tag = {
            static_cast<std::uint8_t>(packet.vlan_protocol >> 8),
            static_cast<std::uint8_t>(packet.vlan_protocol),
            static_cast<std::uint8_t>(packet.vlan_tci >> 8),
            static_cast<std::uint8_t>(packet.vlan_tci)};
        frame.put(start.first(mac_addresses));
        frame.put(tag);
        frame.put(start.subspan(mac_addresses));
    } else {
        frame.put(start);
    }
    if (!header.empty())
        frame.put(payload);
    return frame.length();
}

std::size_t write_bare_frame(const nflogcap_packet& packet, const Layer3& l3, std::uint8_t* buffer,
                             std::size_t capacity) noexcept
{
    const std::array<std::uint8_t, mac_addresses> no_addresses{};
    const std::array<std::uint8_t, 2> ethertype = {static_cast<std::uint8_t>(l3.ethertype >> 8),
                                                   static_cast<std::uint8_t>(l3.ethertype)};
    FrameWriter frame(buffer, capacity);
    frame.put(no_addresses);
    frame.put(ethertype);
    frame.put(payload_from(packet, l3));
    return frame.length();
}

} // namespace nflog
