// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "attributes.hpp"
#include "big_endian.hpp"
#include "kernel_time.hpp"
#include "payload.hpp"
#include "wire_length.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <nflogcap.h>
#include <span>

namespace nflog {

// Fills the view of a packet from the attributes of its message, in any order. Only this class
// knows which field belongs to which attribute. It is inline, so that a call with a constant type
// and length compiles to the loads and stores of this attribute alone.
class PacketView {
public:
    // The message must be at least as long as struct nfgenmsg.
    PacketView(std::span<const std::byte> message, nflogcap_packet& view) noexcept : view_(view)
    {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
        static constexpr nflogcap_packet blank{};
        std::memcpy(&view, &blank, sizeof view); // an assignment compiles to slower code
        view.message = bytes;
        view.message_length = static_cast<std::uint32_t>(message.size());
        view.group = be16(bytes + offsetof(nfgenmsg, res_id));
        view.family = bytes[offsetof(nfgenmsg, nfgen_family)];
    }

    // Reads the value of one attribute. Returns false if the value is too short for its type or
    // invalid. Attributes without a field are skipped.
    [[gnu::always_inline]] bool read(std::uint16_t type, const std::uint8_t* value,
                                     std::size_t length) noexcept
    {
        bool is_valid = true;
        switch (type) {
        case NFULA_PACKET_HDR:
            if (length < sizeof(nfulnl_msg_packet_hdr))
                return false;
            view_.hw_protocol = be16(value);
            view_.hook = value[offsetof(nfulnl_msg_packet_hdr, hook)];
            return true;
        case NFULA_MARK:
            is_valid = read_number(value, length, view_.mark);
            break;
        case NFULA_TIMESTAMP:
            is_valid = read_timestamp(value, length);
            break;
        case NFULA_IFINDEX_INDEV:
            is_valid = read_number(value, length, view_.indev);
            break;
        case NFULA_IFINDEX_OUTDEV:
            is_valid = read_number(value, length, view_.outdev);
            break;
        case NFULA_IFINDEX_PHYSINDEV:
            is_valid = read_number(value, length, view_.physindev);
            break;
        case NFULA_IFINDEX_PHYSOUTDEV:
            is_valid = read_number(value, length, view_.physoutdev);
            break;
        case NFULA_HWADDR:
            is_valid = read_hw_address(value, length);
            break;
        case NFULA_PAYLOAD:
            view_.payload = value;
            view_.payload_length = static_cast<std::uint32_t>(length);
            break;
        case NFULA_PREFIX:
            view_.prefix = reinterpret_cast<const char*>(value);
            is_valid = has_nul(value, length);
            break;
        case NFULA_UID:
            is_valid = read_number(value, length, view_.uid);
            break;
        case NFULA_SEQ:
            is_valid = read_number(value, length, view_.seq);
            break;
        case NFULA_SEQ_GLOBAL:
            is_valid = read_number(value, length, view_.seq_global);
            break;
        case NFULA_GID:
            is_valid = read_number(value, length, view_.gid);
            break;
        case NFULA_HWTYPE:
            is_valid = read_number(value, length, view_.hw_type);
            break;
        case NFULA_HWHEADER: // NFULA_HWLEN contains the same length
            view_.hw_header = value;
            view_.hw_header_length = static_cast<std::uint16_t>(length);
            break;
        case NFULA_CT:
            view_.ct = value;
            view_.ct_length = static_cast<std::uint32_t>(length);
            break;
        case NFULA_CT_INFO:
            is_valid = read_number(value, length, view_.ct_info);
            break;
        case NFULA_VLAN:
            is_valid = read_vlan(value, length);
            break;
        case NFULA_L2HDR:
            view_.l2_header = value;
            view_.l2_header_length = static_cast<std::uint16_t>(length);
            break;
        default:
            return true;
        }
        present_ |= UINT64_C(1) << type; // NFLOGCAP_HAS_* are numbered like NFULA_*
        return is_valid;
    }

    // Must be called after the last attribute.
    void finish() noexcept
    {
        const WireLength length = wire_length(view_);
        view_.present = present_ | (length.is_known ? NFLOGCAP_HAS_WIRE_LENGTH : 0);
        view_.wire_length = length.bytes;
    }

    // A faster finish(), without a function call. If the payload does not begin with an IP header,
    // does nothing and returns false.
    bool finish_ip() noexcept
    {
        // The family is read from the message, because compilers load neighbouring fields of the
        // view at once, and such a load would wait for the recent stores to these fields.
        const std::uint8_t family = view_.message[offsetof(nfgenmsg, nfgen_family)];
        if (view_.hw_protocol == ETH_P_IP && family == NFPROTO_IPV4) [[likely]]
            return finish_at(offsetof(iphdr, tot_len), 0);
        if (starts_with_link_layer(view_))
            return false;
        switch (view_.hw_protocol) {
        case ETH_P_IP:
            return finish_at(offsetof(iphdr, tot_len), 0);
        case ETH_P_IPV6:
            return finish_at(offsetof(ipv6hdr, payload_len), sizeof(ipv6hdr));
        default:
            return false;
        }
    }

private:
    // Uses the length at the offset `length_at` of the IP header. This length does not include
    // `excluded` bytes of the packet.
    [[gnu::always_inline]] bool finish_at(std::size_t length_at, std::uint32_t excluded) noexcept
    {
        if (view_.payload_length < length_at + sizeof(std::uint16_t))
            return false;
        const std::uint32_t length = be16(view_.payload + length_at);
        if (length == 0) [[unlikely]] // the packet is too long for its header
            return false;
        view_.present = present_ | NFLOGCAP_HAS_WIRE_LENGTH;
        view_.wire_length = std::max(length + excluded, view_.payload_length);
        return true;
    }

    template <typename Number>
    static bool read_number(const std::uint8_t* value, std::size_t length, Number& field) noexcept
    {
        if (length < sizeof field)
            return false;
        if constexpr (sizeof field == sizeof(std::uint16_t))
            field = be16(value);
        else
            field = be32(value);
        return true;
    }

    // Searches backwards, because the NUL of the kernel's prefix is the last byte of its attribute.
    static bool has_nul(const std::uint8_t* value, std::size_t length) noexcept
    {
        while (length > 0) {
            if (value[--length] == '\0')
                return true;
        }
        return false;
    }

    bool read_timestamp(const std::uint8_t* value, std::size_t length) noexcept
    {
        if (length < sizeof(nfulnl_msg_packet_timestamp))
            return false;
        view_.timestamp_ns = kernel_time_ns(value);
        return true;
    }

    bool read_hw_address(const std::uint8_t* value, std::size_t length) noexcept
    {
        constexpr std::size_t begin = offsetof(nfulnl_msg_packet_hw, hw_addr);
        if (length < sizeof(nfulnl_msg_packet_hw))
            return false;
        view_.hw_address = value + begin;
        view_.hw_address_length = be16(value);
        return view_.hw_address_length <= length - begin;
    }

    bool read_vlan(const std::uint8_t* value, std::size_t length) noexcept
    {
        view_.vlan_tci = 0; // discards an earlier NFULA_VLAN
        view_.vlan_protocol = 0;
        return each_attribute(
            value, length, [&](std::uint16_t type, const std::uint8_t* at, std::uint32_t size) {
                if (type != NFULA_VLAN_TCI && type != NFULA_VLAN_PROTO)
                    return true;
                if (size < sizeof(std::uint16_t))
                    return false;
                (type == NFULA_VLAN_TCI ? view_.vlan_tci : view_.vlan_protocol) = be16(at);
                return true;
            });
    }

    nflogcap_packet& view_;
    std::uint64_t present_ = 0;
};

} // namespace nflog
