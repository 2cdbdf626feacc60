// SPDX-License-Identifier: GPL-2.0-or-later
#include "attribute_table.hpp"

#include "attributes.hpp"
#include "big_endian.hpp"

#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <nflogcap.h>

namespace nflog {

namespace {

// What the parser relies on where it finds an attribute, and the bit that shows it.
struct Demand {
    std::uint16_t type;
    std::uint16_t least; // bytes
    std::uint64_t present;
};

constexpr std::uint16_t number = sizeof(std::uint32_t);
constexpr auto demands = std::to_array<Demand>({
    {NFULA_UNSPEC, 0, 0},
    {NFULA_PACKET_HDR, sizeof(nfulnl_msg_packet_hdr), 0},
    {NFULA_MARK, number, NFLOGCAP_HAS_MARK},
    {NFULA_TIMESTAMP, sizeof(nfulnl_msg_packet_timestamp), NFLOGCAP_HAS_TIMESTAMP},
    {NFULA_IFINDEX_INDEV, number, NFLOGCAP_HAS_INDEV},
    {NFULA_IFINDEX_OUTDEV, number, NFLOGCAP_HAS_OUTDEV},
    {NFULA_IFINDEX_PHYSINDEV, number, NFLOGCAP_HAS_PHYSINDEV},
    {NFULA_IFINDEX_PHYSOUTDEV, number, NFLOGCAP_HAS_PHYSOUTDEV},
    {NFULA_HWADDR, sizeof(nfulnl_msg_packet_hw), NFLOGCAP_HAS_HW_ADDRESS},
    {NFULA_PAYLOAD, 0, NFLOGCAP_HAS_PAYLOAD},
    {NFULA_PREFIX, 1, NFLOGCAP_HAS_PREFIX},
    {NFULA_UID, number, NFLOGCAP_HAS_UID},
    {NFULA_SEQ, number, NFLOGCAP_HAS_SEQ},
    {NFULA_SEQ_GLOBAL, number, NFLOGCAP_HAS_SEQ_GLOBAL},
    {NFULA_GID, number, NFLOGCAP_HAS_GID},
    {NFULA_HWTYPE, sizeof(std::uint16_t), NFLOGCAP_HAS_HW_TYPE},
    {NFULA_HWHEADER, 0, NFLOGCAP_HAS_HW_HEADER},
    {NFULA_HWLEN, 0, 0}, // repeats the length of NFULA_HWHEADER
    {NFULA_CT, 0, NFLOGCAP_HAS_CT},
    {NFULA_CT_INFO, number, NFLOGCAP_HAS_CT_INFO},
    {NFULA_VLAN, 0, NFLOGCAP_HAS_VLAN},
    {NFULA_L2HDR, 0, NFLOGCAP_HAS_L2_HEADER},
});

constexpr bool in_order()
{
    for (std::size_t type = 0; type < demands.size(); ++type) {
        if (demands[type].type != type)
            return false;
    }
    return true;
}
static_assert(in_order());

bool is_sound_vlan(const std::uint8_t* value, std::uint32_t length) noexcept
{
    return each_attribute(value, length,
                          [](std::uint16_t type, const std::uint8_t*, std::uint32_t size) {
                              return (type != NFULA_VLAN_PROTO && type != NFULA_VLAN_TCI) ||
                                     size >= sizeof(std::uint16_t);
                          });
}

// Of those whose length alone does not tell whether they are sound.
constexpr std::uint32_t to_look_into =
    UINT32_C(1) << NFULA_PREFIX | UINT32_C(1) << NFULA_HWADDR | UINT32_C(1) << NFULA_VLAN;

bool holds(std::uint16_t type, const std::uint8_t* value, std::uint32_t length) noexcept
{
    if (type == NFULA_PREFIX) // the kernel ends it where the attribute ends
        return value[length - 1] == '\0' || std::memchr(value, '\0', length) != nullptr;
    if (type == NFULA_HWADDR)
        return be16(value) <= length - offsetof(nfulnl_msg_packet_hw, hw_addr);
    return is_sound_vlan(value, length);
}

} // namespace

bool AttributeTable::walk(std::span<const std::byte> message) noexcept
{
    static_assert(demands.size() == known_types);
    if (message.size() < sizeof(nfgenmsg))
        return false;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
    std::uint64_t present = 0;
    std::uint32_t types = 0;
    const bool sound =
        each_attribute(bytes + sizeof(nfgenmsg), message.size() - sizeof(nfgenmsg),
                       [&](std::uint16_t type, const std::uint8_t* value, std::uint32_t length) {
                           if (type >= known_types)
                               return true;
                           const Demand& demand = demands[type];
                           if (length < demand.least)
                               return false;
                           values_[type] = {static_cast<std::uint32_t>(value - bytes), length};
                           types |= bit(type);
                           present |= demand.present;
                           return (bit(type) & to_look_into) == 0 || holds(type, value, length);
                       });
    present_ = present;
    types_ = types;
    return sound;
}

} // namespace nflog
