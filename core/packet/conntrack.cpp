// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack.hpp"

#include "attributes.hpp"
#include "big_endian.hpp"
#include "conntrack_names.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <span>

namespace nflog {

namespace {

using Bytes = std::span<const std::uint8_t>;

// The attributes that are nested in the value of an attribute. They are found by type, for types
// below `count`. If a type occurs twice, the last one counts. All attributes after a cut one are
// absent.
template <std::size_t count>
class Nest {
public:
    explicit Nest(Bytes value) noexcept
    {
        each_attribute(value.data(), value.size(),
                       [&](std::uint16_t type, const std::uint8_t* at, std::uint32_t length) {
                           if (type < count)
                               values_[type] = {at, length};
                           return true;
                       });
    }

    // Empty if the attribute is absent.
    [[nodiscard]] Bytes operator[](std::size_t type) const noexcept { return values_[type]; }

    // Returns false, and leaves `number` unchanged, if the value has not the length of `number`.
    bool read(std::size_t type, std::uint8_t& number) const noexcept
    {
        return read(type, number, [](const std::uint8_t* at) { return *at; });
    }
    bool read(std::size_t type, std::uint16_t& number) const noexcept
    {
        return read(type, number, be16);
    }
    bool read(std::size_t type, std::uint32_t& number) const noexcept
    {
        return read(type, number, be32);
    }
    bool read(std::size_t type, std::uint64_t& number) const noexcept
    {
        return read(type, number, be64);
    }

private:
    template <typename Number, typename Load>
    bool read(std::size_t type, Number& number, Load load) const noexcept
    {
        if (values_[type].size() != sizeof number)
            return false;
        number = load(values_[type].data());
        return true;
    }

    std::array<Bytes, count> values_{};
};

using Addresses = Nest<CTA_IP_MAX + 1>;
using Protocol = Nest<CTA_PROTO_MAX + 1>;
using Counters = Nest<CTA_COUNTERS_MAX + 1>;
using Tuple = Nest<CTA_TUPLE_MAX + 1>;
using Entry = Nest<CTA_MAX + 1>;

void read_addresses(nflogcap_tuple& found, Bytes source, Bytes destination, std::size_t length)
{
    if (source.size() != length || destination.size() != length)
        return;
    std::memcpy(found.source, source.data(), length);
    std::memcpy(found.destination, destination.data(), length);
    found.address_length = static_cast<std::uint8_t>(length);
    found.has |= NFLOGCAP_TUPLE_HAS_ADDRESSES;
}

void read_ports(nflogcap_tuple& found, const Protocol& protocol)
{
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
    if (!protocol.read(CTA_PROTO_SRC_PORT, source) ||
        !protocol.read(CTA_PROTO_DST_PORT, destination))
        return;
    found.source_port = source;
    found.destination_port = destination;
    found.has |= NFLOGCAP_TUPLE_HAS_PORTS;
}

// ICMP and ICMPv6 use different attribute types. Both have the types for id, type and code in the
// same order; `id_type` is the first.
void read_icmp(nflogcap_tuple& found, const Protocol& protocol, std::size_t id_type)
{
    constexpr std::size_t type_behind_id = CTA_PROTO_ICMP_TYPE - CTA_PROTO_ICMP_ID;
    constexpr std::size_t code_behind_id = CTA_PROTO_ICMP_CODE - CTA_PROTO_ICMP_ID;
    std::uint16_t id = 0;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    if (!protocol.read(id_type, id) || !protocol.read(id_type + type_behind_id, type) ||
        !protocol.read(id_type + code_behind_id, code))
        return;
    found.icmp_id = id;
    found.icmp_type = type;
    found.icmp_code = code;
    found.has |= NFLOGCAP_TUPLE_HAS_ICMP;
}

void read_counters(nflogcap_tuple& found, const Counters& counters)
{
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    if (!counters.read(CTA_COUNTERS_PACKETS, packets) || !counters.read(CTA_COUNTERS_BYTES, bytes))
        return;
    found.packets = packets;
    found.bytes = bytes;
    found.has |= NFLOGCAP_TUPLE_HAS_COUNTERS;
}

nflogcap_tuple read_tuple(const Tuple& tuple, const Counters& counters)
{
    nflogcap_tuple found{};
    const Addresses addresses(tuple[CTA_TUPLE_IP]);
    read_addresses(found, addresses[CTA_IP_V4_SRC], addresses[CTA_IP_V4_DST], sizeof(in_addr));
    read_addresses(found, addresses[CTA_IP_V6_SRC], addresses[CTA_IP_V6_DST], sizeof(in6_addr));
    const Protocol protocol(tuple[CTA_TUPLE_PROTO]);
    if (protocol.read(CTA_PROTO_NUM, found.protocol))
        found.has |= NFLOGCAP_TUPLE_HAS_PROTOCOL;
    read_ports(found, protocol);
    read_icmp(found, protocol, CTA_PROTO_ICMP_ID);
    read_icmp(found, protocol, CTA_PROTO_ICMPV6_ID);
    if (tuple.read(CTA_TUPLE_ZONE, found.zone))
        found.has |= NFLOGCAP_TUPLE_HAS_ZONE;
    read_counters(found, counters);
    return found;
}

// Each protocol has a nest of its own. The first attribute in it is the state.
void read_protocol_state(nflogcap_conntrack& found, Bytes info)
{
    struct Kind {
        std::size_t nest;
        std::uint8_t protocol;
    };
    constexpr Kind kinds[] = {{CTA_PROTOINFO_TCP, IPPROTO_TCP},
                              {CTA_PROTOINFO_DCCP, IPPROTO_DCCP},
                              {CTA_PROTOINFO_SCTP, IPPROTO_SCTP}};
    static_assert(CTA_PROTOINFO_TCP_STATE == 1 && CTA_PROTOINFO_DCCP_STATE == 1 &&
                  CTA_PROTOINFO_SCTP_STATE == 1);
    const Nest<CTA_PROTOINFO_MAX + 1> protocols(info);
    for (const Kind& kind : kinds) {
        const Nest<CTA_PROTOINFO_TCP_STATE + 1> nest(protocols[kind.nest]);
        if (!nest.read(CTA_PROTOINFO_TCP_STATE, found.protocol_state))
            continue;
        found.protocol_state_name = protocol_state_name(kind.protocol, found.protocol_state);
        found.has |= NFLOGCAP_CONNTRACK_HAS_PROTOCOL_STATE;
        return;
    }
}

void read_state(nflogcap_conntrack& found, std::uint32_t ct_info)
{
    found.state = connection_state(ct_info);
    found.direction = connection_direction(ct_info);
    if (found.state != nullptr)
        found.has |= NFLOGCAP_CONNTRACK_HAS_STATE;
}

void read_entry(nflogcap_conntrack& found, const Entry& entry)
{
    const auto read = [&](std::size_t type, auto& number, std::uint32_t bit) {
        if (entry.read(type, number))
            found.has |= bit;
    };
    read(CTA_ID, found.id, NFLOGCAP_CONNTRACK_HAS_ID);
    read(CTA_STATUS, found.status, NFLOGCAP_CONNTRACK_HAS_STATUS);
    read(CTA_MARK, found.mark, NFLOGCAP_CONNTRACK_HAS_MARK);
    read(CTA_TIMEOUT, found.timeout, NFLOGCAP_CONNTRACK_HAS_TIMEOUT);
    read(CTA_ZONE, found.zone, NFLOGCAP_CONNTRACK_HAS_ZONE);
    read_protocol_state(found, entry[CTA_PROTOINFO]);
    found.original = read_tuple(Tuple(entry[CTA_TUPLE_ORIG]), Counters(entry[CTA_COUNTERS_ORIG]));
    if (found.original.has != 0)
        found.has |= NFLOGCAP_CONNTRACK_HAS_ORIGINAL;
    found.reply = read_tuple(Tuple(entry[CTA_TUPLE_REPLY]), Counters(entry[CTA_COUNTERS_REPLY]));
    if (found.reply.has != 0)
        found.has |= NFLOGCAP_CONNTRACK_HAS_REPLY;
}

} // namespace

nflogcap_conntrack read_conntrack(const nflogcap_packet& packet) noexcept
{
    nflogcap_conntrack found{};
    if ((packet.present & NFLOGCAP_HAS_CT_INFO) != 0)
        read_state(found, packet.ct_info);
    if ((packet.present & NFLOGCAP_HAS_CT) != 0)
        read_entry(found, Entry({packet.ct, packet.ct_length}));
    return found;
}

} // namespace nflog
