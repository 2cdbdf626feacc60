// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_parser.hpp"

#include "big_endian.hpp"
#include "payload.hpp"

#include <cstddef>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

namespace nflog {

namespace {

constexpr std::uint64_t ns_a_second = 1'000'000'000;
constexpr std::uint64_t ns_a_microsecond = 1'000;

constexpr std::size_t attribute_alignment = 4;

// Calls visit(type, value, length) for each attribute; false as soon as one is cut or visit fails.
template <typename Visit>
bool each_attribute(const std::uint8_t* at, std::size_t room, Visit visit) noexcept
{
    while (room >= sizeof(nlattr)) {
        nlattr header;
        std::memcpy(&header, at, sizeof header);
        if (header.nla_len < sizeof header || header.nla_len > room)
            return false;
        const auto type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK);
        const auto length = static_cast<std::uint32_t>(header.nla_len - sizeof header);
        if (!visit(type, at + sizeof header, length))
            return false;
        const std::size_t extent =
            (header.nla_len + attribute_alignment - 1) & ~(attribute_alignment - 1);
        if (extent >= room)
            return true;
        at += extent;
        room -= extent;
    }
    return room == 0;
}

bool parse_vlan(const std::uint8_t* value, std::uint32_t length, nflogcap_packet& view) noexcept
{
    view.vlan_protocol = view.vlan_tci = 0; // what a tag before this one left
    return each_attribute(
        value, length, [&](std::uint16_t type, const std::uint8_t* at, std::uint32_t size) {
            if (type != NFULA_VLAN_PROTO && type != NFULA_VLAN_TCI)
                return true;
            if (size < sizeof(std::uint16_t))
                return false;
            (type == NFULA_VLAN_TCI ? view.vlan_tci : view.vlan_protocol) = be16(at);
            return true;
        });
}

bool parse_u32(const std::uint8_t* value, std::uint32_t length, std::uint32_t& field) noexcept
{
    if (length < sizeof field)
        return false;
    field = be32(value);
    return true;
}

bool parse_attribute(std::uint16_t type, const std::uint8_t* value, std::uint32_t length,
                     nflogcap_packet& view) noexcept
{
    switch (type) {
    case NFULA_PACKET_HDR:
        if (length < sizeof(nfulnl_msg_packet_hdr))
            return false;
        view.hw_protocol = be16(value);
        view.hook = value[offsetof(nfulnl_msg_packet_hdr, hook)];
        return true;
    case NFULA_MARK:
        view.present |= NFLOGCAP_HAS_MARK;
        return parse_u32(value, length, view.mark);
    case NFULA_TIMESTAMP:
        if (length < sizeof(nfulnl_msg_packet_timestamp))
            return false;
        view.present |= NFLOGCAP_HAS_TIMESTAMP;
        view.timestamp_ns =
            be64(value) * ns_a_second + be64(value + sizeof(std::uint64_t)) * ns_a_microsecond;
        return true;
    case NFULA_IFINDEX_INDEV:
        view.present |= NFLOGCAP_HAS_INDEV;
        return parse_u32(value, length, view.indev);
    case NFULA_IFINDEX_OUTDEV:
        view.present |= NFLOGCAP_HAS_OUTDEV;
        return parse_u32(value, length, view.outdev);
    case NFULA_IFINDEX_PHYSINDEV:
        view.present |= NFLOGCAP_HAS_PHYSINDEV;
        return parse_u32(value, length, view.physindev);
    case NFULA_IFINDEX_PHYSOUTDEV:
        view.present |= NFLOGCAP_HAS_PHYSOUTDEV;
        return parse_u32(value, length, view.physoutdev);
    case NFULA_HWADDR: {
        constexpr std::size_t address = offsetof(nfulnl_msg_packet_hw, hw_addr);
        if (length < sizeof(nfulnl_msg_packet_hw) || be16(value) > length - address)
            return false;
        view.present |= NFLOGCAP_HAS_HW_ADDRESS;
        view.hw_address = value + address;
        view.hw_address_length = be16(value);
        return true;
    }
    case NFULA_PAYLOAD:
        view.present |= NFLOGCAP_HAS_PAYLOAD;
        view.payload = value;
        view.payload_length = length;
        return true;
    case NFULA_PREFIX:
        if (std::memchr(value, '\0', length) == nullptr)
            return false;
        view.present |= NFLOGCAP_HAS_PREFIX;
        view.prefix = reinterpret_cast<const char*>(value);
        return true;
    case NFULA_UID:
        view.present |= NFLOGCAP_HAS_UID;
        return parse_u32(value, length, view.uid);
    case NFULA_SEQ:
        view.present |= NFLOGCAP_HAS_SEQ;
        return parse_u32(value, length, view.seq);
    case NFULA_SEQ_GLOBAL:
        view.present |= NFLOGCAP_HAS_SEQ_GLOBAL;
        return parse_u32(value, length, view.seq_global);
    case NFULA_GID:
        view.present |= NFLOGCAP_HAS_GID;
        return parse_u32(value, length, view.gid);
    case NFULA_HWTYPE:
        if (length < sizeof(std::uint16_t))
            return false;
        view.present |= NFLOGCAP_HAS_HW_TYPE;
        view.hw_type = be16(value);
        return true;
    case NFULA_HWHEADER:
        view.present |= NFLOGCAP_HAS_HW_HEADER;
        view.hw_header = value;
        view.hw_header_length = static_cast<std::uint16_t>(length);
        return true;
    case NFULA_CT:
        view.present |= NFLOGCAP_HAS_CT;
        view.ct = value;
        view.ct_length = length;
        return true;
    case NFULA_CT_INFO:
        view.present |= NFLOGCAP_HAS_CT_INFO;
        return parse_u32(value, length, view.ct_info);
    case NFULA_VLAN:
        view.present |= NFLOGCAP_HAS_VLAN;
        return parse_vlan(value, length, view);
    case NFULA_L2HDR:
        view.present |= NFLOGCAP_HAS_L2_HEADER;
        view.l2_header = value;
        view.l2_header_length = static_cast<std::uint16_t>(length);
        return true;
    default: // NFULA_HWLEN repeats the length of NFULA_HWHEADER
        return true;
    }
}

} // namespace

bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept
{
    if (message.size() < sizeof(nfgenmsg))
        return false;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
    static constexpr nflogcap_packet blank{};
    std::memcpy(&view, &blank, sizeof view); // what an assignment compiles to starts slowly
    view.message = bytes;
    view.message_length = static_cast<std::uint32_t>(message.size());
    view.family = bytes[offsetof(nfgenmsg, nfgen_family)];
    view.group = be16(bytes + offsetof(nfgenmsg, res_id));
    const bool sound =
        each_attribute(bytes + sizeof(nfgenmsg), message.size() - sizeof(nfgenmsg),
                       [&](std::uint16_t type, const std::uint8_t* value, std::uint32_t length) {
                           return parse_attribute(type, value, length, view);
                       });
    view.wire_length = wire_length(view);
    return sound;
}

std::span<const std::byte> find_attribute(std::span<const std::byte> message,
                                          std::uint16_t type) noexcept
{
    std::span<const std::byte> found;
    if (message.size() < sizeof(nfgenmsg))
        return found;
    const std::span<const std::byte> attributes = message.subspan(sizeof(nfgenmsg));
    each_attribute(reinterpret_cast<const std::uint8_t*>(attributes.data()), attributes.size(),
                   [&](std::uint16_t candidate, const std::uint8_t* value, std::uint32_t length) {
                       if (candidate == type)
                           found = {reinterpret_cast<const std::byte*>(value), length};
                       return true;
                   });
    return found;
}

} // namespace nflog
