// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_parser.hpp"

#include "attributes.hpp"
#include "big_endian.hpp"
#include "payload.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

namespace nflog {

namespace {

constexpr std::uint64_t ns_a_second = 1'000'000'000;
constexpr std::uint64_t ns_a_microsecond = 1'000;

void read_vlan(const std::uint8_t* value, std::uint32_t length, nflogcap_packet& view) noexcept
{
    each_attribute(value, length, [&](std::uint16_t type, const std::uint8_t* at, std::uint32_t) {
        if (type == NFULA_VLAN_TCI)
            view.vlan_tci = be16(at);
        else if (type == NFULA_VLAN_PROTO)
            view.vlan_protocol = be16(at);
        return true;
    });
}

constexpr std::uint64_t rare = NFLOGCAP_HAS_PHYSINDEV | NFLOGCAP_HAS_PHYSOUTDEV | NFLOGCAP_HAS_CT |
                               NFLOGCAP_HAS_CT_INFO | NFLOGCAP_HAS_VLAN | NFLOGCAP_HAS_L2_HEADER;

// What most packets have none of, so that one look tells.
void read_rare(const std::uint8_t* message, const AttributeTable& table,
               nflogcap_packet& view) noexcept
{
    const auto at = [&](unsigned type) { return message + table.offset(type); };
    if (table.has(NFULA_IFINDEX_PHYSINDEV))
        view.physindev = be32(at(NFULA_IFINDEX_PHYSINDEV));
    if (table.has(NFULA_IFINDEX_PHYSOUTDEV))
        view.physoutdev = be32(at(NFULA_IFINDEX_PHYSOUTDEV));
    if (table.has(NFULA_CT)) {
        view.ct = at(NFULA_CT);
        view.ct_length = table.length(NFULA_CT);
    }
    if (table.has(NFULA_CT_INFO))
        view.ct_info = be32(at(NFULA_CT_INFO));
    if (table.has(NFULA_VLAN))
        read_vlan(at(NFULA_VLAN), table.length(NFULA_VLAN), view);
    if (table.has(NFULA_L2HDR)) {
        view.l2_header = at(NFULA_L2HDR);
        view.l2_header_length = static_cast<std::uint16_t>(table.length(NFULA_L2HDR));
    }
}

// What a rule's packets have or have not, all alike: that it is likely is said lest the code of
// each be jumped to and back from.
[[gnu::always_inline]] inline void read_common(const std::uint8_t* message,
                                               const AttributeTable& table,
                                               nflogcap_packet& view) noexcept
{
    const auto at = [&](unsigned type) { return message + table.offset(type); };
    if (table.has(NFULA_MARK)) [[likely]]
        view.mark = be32(at(NFULA_MARK));
    if (table.has(NFULA_TIMESTAMP)) [[likely]] {
        const std::uint8_t* seconds = at(NFULA_TIMESTAMP);
        view.timestamp_ns =
            be64(seconds) * ns_a_second + be64(seconds + sizeof(std::uint64_t)) * ns_a_microsecond;
    }
    if (table.has(NFULA_IFINDEX_INDEV)) [[likely]]
        view.indev = be32(at(NFULA_IFINDEX_INDEV));
    if (table.has(NFULA_IFINDEX_OUTDEV)) [[likely]]
        view.outdev = be32(at(NFULA_IFINDEX_OUTDEV));
    if (table.has(NFULA_HWADDR)) [[likely]] {
        view.hw_address = at(NFULA_HWADDR) + offsetof(nfulnl_msg_packet_hw, hw_addr);
        view.hw_address_length = be16(at(NFULA_HWADDR));
    }
    if (table.has(NFULA_PREFIX)) [[likely]]
        view.prefix = reinterpret_cast<const char*>(at(NFULA_PREFIX));
    if (table.has(NFULA_UID)) [[likely]]
        view.uid = be32(at(NFULA_UID));
    if (table.has(NFULA_GID)) [[likely]]
        view.gid = be32(at(NFULA_GID));
    if (table.has(NFULA_SEQ)) [[likely]]
        view.seq = be32(at(NFULA_SEQ));
    if (table.has(NFULA_SEQ_GLOBAL)) [[likely]]
        view.seq_global = be32(at(NFULA_SEQ_GLOBAL));
    if (table.has(NFULA_HWTYPE)) [[likely]]
        view.hw_type = be16(at(NFULA_HWTYPE));
    if (table.has(NFULA_HWHEADER)) [[likely]] {
        view.hw_header = at(NFULA_HWHEADER);
        view.hw_header_length = static_cast<std::uint16_t>(table.length(NFULA_HWHEADER));
    }
}

// All that the table shows is sound.
[[gnu::always_inline]] inline void read(std::span<const std::byte> message,
                                        const AttributeTable& table, nflogcap_packet& view) noexcept
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
    static constexpr nflogcap_packet blank{};
    std::memcpy(&view, &blank, sizeof view); // what an assignment compiles to starts slowly
    view.message = bytes;
    view.message_length = static_cast<std::uint32_t>(message.size());
    view.group = be16(bytes + offsetof(nfgenmsg, res_id));
    view.present = table.present();
    const std::uint8_t family = bytes[offsetof(nfgenmsg, nfgen_family)];
    view.family = family;
    std::uint16_t hw_protocol = 0;
    if (table.has(NFULA_PACKET_HDR)) [[likely]] {
        const std::uint8_t* header = bytes + table.offset(NFULA_PACKET_HDR);
        hw_protocol = be16(header);
        view.hw_protocol = hw_protocol;
        view.hook = header[offsetof(nfulnl_msg_packet_hdr, hook)];
    }
    read_common(bytes, table, view);
    if ((table.present() & rare) != 0)
        read_rare(bytes, table, view);
    std::span<const std::uint8_t> payload;
    if (table.has(NFULA_PAYLOAD)) [[likely]]
        payload = {bytes + table.offset(NFULA_PAYLOAD), table.length(NFULA_PAYLOAD)};
    view.payload = payload.data();
    view.payload_length = static_cast<std::uint32_t>(payload.size());
    // Most are this, which is known here without asking the view: what has only just been written
    // to it, in small pieces, is slow to load in larger ones.
    if (family == NFPROTO_IPV4 && hw_protocol == ETH_P_IP && says_ipv4_length(payload)) [[likely]]
        view.wire_length = ipv4_wire_length(payload);
    else
        view.wire_length = wire_length(view);
}

} // namespace

bool parse_packet(std::span<const std::byte> message, nflogcap_packet& view) noexcept
{
    AttributeTable table;
    if (!table.walk(message))
        return false;
    read(message, table, view);
    return true;
}

bool PacketParser::parse(std::span<const std::byte> message, nflogcap_packet& view) noexcept
{
    const AttributeTable* table = layouts_.find(message);
    if (table == nullptr)
        return false;
    read(message, *table, view);
    return true;
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
