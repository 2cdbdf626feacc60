// SPDX-License-Identifier: GPL-2.0-or-later
// Runs the dissector and the reader of conntrack entries on any packets.
#include "conntrack_checks.hpp"
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "own_packet.hpp"
#include "packet_parser.hpp"

#include <cstring>
#include <nflogcap.h>

using fuzz::must;

namespace {

struct Part {
    std::uint32_t bit;
    std::size_t begin, end; // range of the fields that this bit makes valid
};

#define PART(BIT, FIRST, LAST)                                                                     \
    {                                                                                              \
        NFLOGCAP_KNOWS_##BIT, offsetof(nflogcap_dissection, FIRST),                                \
            offsetof(nflogcap_dissection, LAST) + sizeof(nflogcap_dissection::LAST)                \
    }
constexpr Part parts[] = {
    PART(ADDRESSES, source, address_length),
    PART(PROTOCOL, protocol, protocol),
    PART(PROTOCOL, transport_offset, transport_offset),
    PART(PORTS, source_port, destination_port),
    PART(TCP_FLAGS, tcp_flags, tcp_flags),
    PART(ICMP, icmp_type, icmp_code),
    PART(ECHO, echo_id, echo_sequence),
    PART(FRAGMENT, fragment_offset, more_fragments),
    PART(VLAN, vlan_count, vlan_ids),
    PART(ARP, arp_operation, arp_operation),
};

nflogcap_dissection dissect(const nflogcap_packet& packet)
{
    nflogcap_dissection found;
    std::memset(&found, 0xa5, sizeof found);
    must(nflogcap_dissect(&packet, &found, sizeof found) == 0, "a packet is dissected");
    return found;
}

void check(const nflogcap_packet& packet, const nflogcap_dissection& found)
{
    const auto knows = [&](std::uint32_t bit) { return (found.known & bit) != 0; };
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&found);
    for (const Part& part : parts) {
        if (knows(part.bit))
            continue;
        for (std::size_t i = part.begin; i < part.end; ++i)
            must(bytes[i] == 0, "unknown fields are 0");
    }
    must(found.network_offset == 0 || found.network_offset < packet.payload_length,
         "layer 3 begins in the payload");
    must(found.transport_offset == 0 || (found.transport_offset > found.network_offset &&
                                         found.transport_offset < packet.payload_length),
         "layer 4 begins in the payload, behind layer 3");
    must(!knows(NFLOGCAP_KNOWS_ADDRESSES) ||
             found.address_length == (found.ip_version == 6 ? 16 : 4),
         "addresses have the length of their version");
    must((found.ip_version != 0) <= knows(NFLOGCAP_KNOWS_ADDRESSES), "IP has addresses");
    constexpr std::uint32_t layer4 =
        NFLOGCAP_KNOWS_PORTS | NFLOGCAP_KNOWS_TCP_FLAGS | NFLOGCAP_KNOWS_ICMP;
    must(!knows(layer4) || (found.transport_offset != 0 && found.fragment_offset == 0),
         "fields of layer 4 are in the payload and in the first fragment");
    must(!knows(NFLOGCAP_KNOWS_ARP) || found.ip_version == 0, "ARP is not IP");
    must(found.vlan_count <= std::size(found.vlan_ids),
         "there are at most as many VLAN ids as the struct has room for");
    for (const std::uint16_t id : found.vlan_ids)
        must(id < 4096, "a VLAN id has 12 bits");
}

// Checks that a cut payload gives fewer fields, but never different values.
void check_cut(const nflogcap_packet& packet, const nflogcap_dissection& whole)
{
    // The place of the cut depends only on the input.
    const std::size_t length = packet.payload_length;
    fuzz::OwnPacket shorter(packet, length == 0 ? 0 : (length * 31 + packet.payload[0]) % length);
    const nflogcap_dissection found = dissect(shorter.view());
    check(shorter.view(), found);
    must((found.known & ~whole.known) == 0, "a cut payload has no further known fields");
    const auto* of_cut = reinterpret_cast<const std::uint8_t*>(&found);
    const auto* of_whole = reinterpret_cast<const std::uint8_t*>(&whole);
    for (const Part& part : parts) {
        // A cut payload can have fewer VLAN tags, and no layer 4.
        const bool may_differ = part.bit == NFLOGCAP_KNOWS_VLAN ||
                                part.begin == offsetof(nflogcap_dissection, transport_offset);
        if ((found.known & part.bit) != 0 && !may_differ)
            must(std::memcmp(of_cut + part.begin, of_whole + part.begin, part.end - part.begin) ==
                     0,
                 "known fields of a cut payload have the values of the whole payload");
    }
    must(found.vlan_count <= whole.vlan_count &&
             std::memcmp(found.vlan_ids, whole.vlan_ids,
                         found.vlan_count * sizeof *whole.vlan_ids) == 0,
         "the outermost tags are the same");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::each_message(std::as_bytes(std::span(data, size)), [&](std::span<const std::byte> whole) {
        nflogcap_packet parsed;
        if (!nflog::parse_packet(fuzz::body_of(whole), parsed))
            return;
        const fuzz::OwnPacket packet(parsed, parsed.payload_length);
        const nflogcap_dissection found = dissect(packet.view());
        check(packet.view(), found);
        check_cut(packet.view(), found);
        fuzz::check_conntrack(packet.view());
    });
    return 0;
}
