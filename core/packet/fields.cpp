// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.hpp"

#include "error.hpp"
#include "nearest.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

namespace nflog {

namespace {

// Macros, because only a macro can derive a member's name, offset and size from one word.
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
// clang-format off
#define FIELD(STRUCT, IS_DISSECTED, KIND, NAME, PRESENT, UNIT, DESCRIPTION)                        \
    {#NAME, DESCRIPTION, UNIT, PRESENT, NFLOGCAP_##KIND, IS_DISSECTED,                             \
     offsetof(STRUCT, NAME), sizeof(STRUCT::NAME), 0, 0}
#define MEASURED(STRUCT, IS_DISSECTED, KIND, NAME, SIZE, LENGTH, PRESENT, UNIT, DESCRIPTION)       \
    {#NAME, DESCRIPTION, UNIT, PRESENT, NFLOGCAP_##KIND, IS_DISSECTED,                             \
     offsetof(STRUCT, NAME), SIZE, offsetof(STRUCT, LENGTH), sizeof(STRUCT::LENGTH)}
#define PACKET(KIND, NAME, PRESENT, UNIT, DESCRIPTION)                                             \
    FIELD(nflogcap_packet, 0, KIND, NAME, PRESENT, UNIT, DESCRIPTION)
#define PACKET_BYTES(NAME, PRESENT, DESCRIPTION)                                                   \
    MEASURED(nflogcap_packet, 0, BYTES, NAME, sizeof(nflogcap_packet::NAME), NAME##_length,        \
             PRESENT, "", DESCRIPTION)
#define DISSECTED(NAME, KNOWN, UNIT, DESCRIPTION)                                                  \
    FIELD(nflogcap_dissection, 1, INTEGER, NAME, KNOWN, UNIT, DESCRIPTION)
#define DISSECTED_ADDRESS(NAME, DESCRIPTION)                                                       \
    MEASURED(nflogcap_dissection, 1, ADDRESS, NAME, sizeof(nflogcap_dissection::NAME),             \
             address_length, NFLOGCAP_KNOWS_ADDRESSES, "", DESCRIPTION)
#define CONNTRACK(KIND, NAME, HAS, UNIT, DESCRIPTION)                                              \
    FIELD(nflogcap_conntrack, 0, KIND, NAME, NFLOGCAP_CONNTRACK_HAS_##HAS, UNIT, DESCRIPTION)
#define TUPLE(NAME, HAS, UNIT, DESCRIPTION)                                                        \
    FIELD(nflogcap_tuple, 0, INTEGER, NAME, NFLOGCAP_TUPLE_HAS_##HAS, UNIT, DESCRIPTION)
#define TUPLE_ADDRESS(NAME, DESCRIPTION)                                                           \
    MEASURED(nflogcap_tuple, 0, ADDRESS, NAME, sizeof(nflogcap_tuple::NAME), address_length,       \
             NFLOGCAP_TUPLE_HAS_ADDRESSES, "", DESCRIPTION)
// clang-format on
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr nflogcap_field table[] = {
    PACKET_BYTES(payload, NFLOGCAP_HAS_PAYLOAD,
                 "the packet; from layer 3 on in the ip, ip6 and inet families"),
    PACKET(INTEGER, payload_length, 0, "bytes",
           "bytes at payload: at most the snaplen; 0 with metadata only"),
    PACKET(INTEGER, wire_length, 0, "bytes",
           "bytes of the payload before the snaplen cut it: with NFLOGCAP_HAS_WIRE_LENGTH from the "
           "IP or ARP header; else payload_length, although the payload may have been longer"),
    PACKET(TIME, timestamp_ns, 0, "nanoseconds",
           "when the packet was logged: with NFLOGCAP_HAS_TIMESTAMP the kernel's time (a multiple "
           "of 1000); else an estimate between the times of the group's previous and next packet; "
           "in a savefile the record's time"),
    PACKET(INTEGER, lost_before, 0, "packets",
           "packets of this group lost between the previous packet returned for it (or the start) "
           "and this one"),
    PACKET(INTEGER, group, 0, "", "NFLOG group, 0 to 65535"),
    PACKET(INTEGER, family, 0, "",
           "NFPROTO_* of <linux/netfilter.h>: 2 ip, 10 ip6, 7 bridge, 3 arp, 5 netdev; a rule in "
           "an inet table logs as ip or ip6"),
    PACKET(INTEGER, hook, 0, "",
           "hook of the rule: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting, 5 "
           "ingress; arp: 0 input, 1 output; netdev: 0 ingress, 1 egress"),
    PACKET(INTEGER, hw_protocol, 0, "", "EtherType, such as 0x0800; 0 if the kernel knows none"),
    PACKET(INTEGER, hw_type, NFLOGCAP_HAS_HW_TYPE, "",
           "ARPHRD_* of <net/if_arp.h>: 1 Ethernet, 772 loopback"),
    PACKET(INTEGER, mark, NFLOGCAP_HAS_MARK, "", "the packet's mark; the kernel omits a mark of 0"),
    PACKET(INTERFACE, indev, NFLOGCAP_HAS_INDEV, "",
           "index of the input interface; of the bridge in the bridge family"),
    PACKET(INTERFACE, outdev, NFLOGCAP_HAS_OUTDEV, "", "index of the output interface"),
    PACKET(INTERFACE, physindev, NFLOGCAP_HAS_PHYSINDEV, "",
           "index of the bridge port that received the packet"),
    PACKET(INTERFACE, physoutdev, NFLOGCAP_HAS_PHYSOUTDEV, "",
           "index of the bridge port that sends the packet"),
    PACKET(INTEGER, uid, NFLOGCAP_HAS_UID, "", "user id of the local socket that sent the packet"),
    PACKET(INTEGER, gid, NFLOGCAP_HAS_GID, "", "group id of the local socket that sent the packet"),
    PACKET(INTEGER, seq, NFLOGCAP_HAS_SEQ, "",
           "packet number in the group since the group was bound; wraps"),
    PACKET(INTEGER, seq_global, NFLOGCAP_HAS_SEQ_GLOBAL, "",
           "packet number in the network namespace; wraps"),
    PACKET(INTEGER, ct_info, NFLOGCAP_HAS_CT_INFO, "",
           "IP_CT_* of <linux/netfilter/nf_conntrack_common.h>"),
    PACKET(TEXT, prefix, NFLOGCAP_HAS_PREFIX, "",
           "the rule's prefix, up to 127 bytes; \"\" if an nft rule has none"),
    PACKET_BYTES(hw_address, NFLOGCAP_HAS_HW_ADDRESS, "the sender's link-layer address"),
    PACKET_BYTES(hw_header, NFLOGCAP_HAS_HW_HEADER,
                 "link-layer header with which the packet arrived"),
    PACKET_BYTES(l2_header, NFLOGCAP_HAS_L2_HEADER,
                 "link-layer header, in the bridge and netdev families"),
    PACKET_BYTES(ct, NFLOGCAP_HAS_CT, "conntrack entry: the attributes nested in NFULA_CT, raw"),
    PACKET(INTEGER, vlan_tci, NFLOGCAP_HAS_VLAN, "",
           "VLAN tag that the kernel sends beside the frame, not in it"),
    PACKET(INTEGER, vlan_protocol, NFLOGCAP_HAS_VLAN, "",
           "EtherType of that VLAN tag: 0x8100 or 0x88a8"),

    DISSECTED(network_offset, 0, "bytes", "bytes in payload before the layer 3 header"),
    DISSECTED(transport_offset, NFLOGCAP_KNOWS_PROTOCOL, "bytes",
              "bytes in payload before the layer 4 header; 0 if the payload ends before it, as in "
              "all fragments but the first"),
    DISSECTED(ether_type, 0, "", "EtherType of layer 3, after all VLAN tags; 0 if unknown"),
    DISSECTED(ip_version, 0, "", "IP version, 4 or 6; 0 if layer 3 is not IP"),
    DISSECTED(protocol, NFLOGCAP_KNOWS_PROTOCOL, "", "IPPROTO_*, after all IPv6 extension headers"),
    DISSECTED_ADDRESS(source, "source address; in ARP the sender's"),
    DISSECTED_ADDRESS(destination, "destination address; in ARP the target's"),
    DISSECTED(tcp_flags, NFLOGCAP_KNOWS_TCP_FLAGS, "", "TH_* of <netinet/tcp.h>, bits 0 to 7"),
    DISSECTED(icmp_type, NFLOGCAP_KNOWS_ICMP, "", "type of ICMP or ICMPv6"),
    DISSECTED(icmp_code, NFLOGCAP_KNOWS_ICMP, "", "code of ICMP or ICMPv6"),
    DISSECTED(source_port, NFLOGCAP_KNOWS_PORTS, "",
              "source port of TCP, UDP, UDP-Lite, SCTP or DCCP"),
    DISSECTED(destination_port, NFLOGCAP_KNOWS_PORTS, "",
              "destination port of TCP, UDP, UDP-Lite, SCTP or DCCP"),
    DISSECTED(fragment_offset, NFLOGCAP_KNOWS_FRAGMENT, "bytes",
              "bytes of the original packet before this fragment"),
    DISSECTED(fragment_id, NFLOGCAP_KNOWS_FRAGMENT, "",
              "identification, the same in all fragments of a packet"),
    DISSECTED(more_fragments, NFLOGCAP_KNOWS_FRAGMENT, "",
              "1: more fragments follow; 0: this is the last"),
    MEASURED(nflogcap_dissection, 1, LIST, vlan_ids, sizeof(*nflogcap_dissection::vlan_ids),
             vlan_count, NFLOGCAP_KNOWS_VLAN, "",
             "VLAN ids, 0 to 4095, from the outermost to the innermost; the tag beside the frame "
             "(vlan_tci) is the first"),
    DISSECTED(arp_operation, NFLOGCAP_KNOWS_ARP, "", "ARP operation: 1 request, 2 reply"),
    DISSECTED(echo_id, NFLOGCAP_KNOWS_ECHO, "", "identifier of an ICMP or ICMPv6 echo"),
    DISSECTED(echo_sequence, NFLOGCAP_KNOWS_ECHO, "", "sequence number of an ICMP or ICMPv6 echo"),
};

constexpr nflogcap_field conntrack_table[] = {
    CONNTRACK(TEXT, state, STATE, "",
              "the packet's \"ct state\" as in nft: \"new\", \"established\" or \"related\""),
    CONNTRACK(TEXT, direction, STATE, "",
              "the packet's \"ct direction\" as in nft: \"original\" or \"reply\""),
    CONNTRACK(INTEGER, id, ID, "", "number of the connection, the same in all its packets"),
    CONNTRACK(INTEGER, status, STATUS, "", "IPS_* bits of <linux/netfilter/nf_conntrack_common.h>"),
    CONNTRACK(INTEGER, mark, MARK, "", "the connection's mark"),
    CONNTRACK(INTEGER, timeout, TIMEOUT, "seconds",
              "seconds until the kernel removes the entry, unless another packet of the connection "
              "arrives"),
    CONNTRACK(INTEGER, zone, ZONE, "",
              "conntrack zone of both directions; the kernel omits zone 0"),
    CONNTRACK(INTEGER, protocol_state, PROTOCOL_STATE, "",
              "TCP_CONNTRACK_* of <linux/netfilter/nf_conntrack_tcp.h>; SCTP and DCCP have numbers "
              "of their own"),
    CONNTRACK(TEXT, protocol_state_name, PROTOCOL_STATE, "",
              "the name of protocol_state, such as \"syn_sent\", if it has one"),
    CONNTRACK(TUPLE, original, ORIGINAL, "", "the direction of the connection's first packet"),
    CONNTRACK(TUPLE, reply, REPLY, "", "the opposite direction"),
};

constexpr nflogcap_field tuple_table[] = {
    TUPLE_ADDRESS(source, "source address of packets in this direction"),
    TUPLE_ADDRESS(destination, "destination address of packets in this direction"),
    TUPLE(protocol, PROTOCOL, "", "IPPROTO_*"),
    TUPLE(source_port, PORTS, "", "source port; with GRE the key"),
    TUPLE(destination_port, PORTS, "", "destination port; with GRE the key"),
    TUPLE(icmp_type, ICMP, "", "type of ICMP or ICMPv6"),
    TUPLE(icmp_code, ICMP, "", "code of ICMP or ICMPv6"),
    TUPLE(icmp_id, ICMP, "", "identifier of ICMP or ICMPv6"),
    TUPLE(zone, ZONE, "", "conntrack zone of this direction only"),
    TUPLE(packets, COUNTERS, "packets", "packets counted in this direction"),
    TUPLE(bytes, COUNTERS, "bytes", "bytes counted in this direction"),
};

consteval bool fits(std::span<const nflogcap_field> list)
{
    return list.size() <= max_fields && std::ranges::all_of(list, [](const nflogcap_field& field) {
               return std::string_view(field.name).size() <= max_field_name;
           });
}
static_assert(fits(table) && fits(conntrack_table) && fits(tuple_table));

} // namespace

std::span<const nflogcap_field> fields() noexcept
{
    return table;
}

std::span<const nflogcap_field> conntrack_fields() noexcept
{
    return conntrack_table;
}

std::span<const nflogcap_field> tuple_fields() noexcept
{
    return tuple_table;
}

std::size_t find_field(std::string_view name)
{
    const auto* found = std::ranges::find(table, name, &nflogcap_field::name);
    if (found != std::end(table))
        return static_cast<std::size_t>(found - std::begin(table));
    throw Error(ENOENT, "there is no field '" + std::string(name) + "'; did you mean '" +
                            std::string(nearest_name(name, table)) + "'?");
}

} // namespace nflog
