/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where every field of the public structs is, for good: programs are compiled against it. That
 * this compiles is the test. */
#include <nflogcap.h>
#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX == UINT64_MAX

#define FIELD(type, field, offset, size)                                                           \
    _Static_assert(offsetof(type, field) == (offset), #field " has moved");                        \
    _Static_assert(sizeof(((type *)0)->field) == (size), #field " has another size")

#define PACKET(field, offset, size) FIELD(nflogcap_packet, field, offset, size)
PACKET(present, 0, 8);
PACKET(payload, 8, 8);
PACKET(payload_length, 16, 4);
PACKET(wire_length, 20, 4);
PACKET(timestamp_ns, 24, 8);
PACKET(lost_before, 32, 8);
PACKET(group, 40, 2);
PACKET(family, 42, 1);
PACKET(hook, 43, 1);
PACKET(hw_protocol, 44, 2);
PACKET(hw_type, 46, 2);
PACKET(mark, 48, 4);
PACKET(indev, 52, 4);
PACKET(outdev, 56, 4);
PACKET(physindev, 60, 4);
PACKET(physoutdev, 64, 4);
PACKET(uid, 68, 4);
PACKET(gid, 72, 4);
PACKET(seq, 76, 4);
PACKET(seq_global, 80, 4);
PACKET(ct_info, 84, 4);
PACKET(prefix, 88, 8);
PACKET(hw_address, 96, 8);
PACKET(hw_header, 104, 8);
PACKET(l2_header, 112, 8);
PACKET(ct, 120, 8);
PACKET(message, 128, 8);
PACKET(ct_length, 136, 4);
PACKET(message_length, 140, 4);
PACKET(hw_address_length, 144, 2);
PACKET(hw_header_length, 146, 2);
PACKET(l2_header_length, 148, 2);
PACKET(vlan_tci, 150, 2);
PACKET(vlan_protocol, 152, 2);
PACKET(reserved, 154, 6);
/* No gaps, so a field that is missing here shows in the size. */
_Static_assert(sizeof(nflogcap_packet) == 160, "a field was added: give it its line here");

#define DISSECTION(field, offset, size) FIELD(nflogcap_dissection, field, offset, size)
DISSECTION(known, 0, 4);
DISSECTION(network_offset, 4, 4);
DISSECTION(transport_offset, 8, 4);
DISSECTION(ether_type, 12, 2);
DISSECTION(ip_version, 14, 1);
DISSECTION(protocol, 15, 1);
DISSECTION(source, 16, 16);
DISSECTION(destination, 32, 16);
DISSECTION(address_length, 48, 1);
DISSECTION(tcp_flags, 49, 1);
DISSECTION(icmp_type, 50, 1);
DISSECTION(icmp_code, 51, 1);
DISSECTION(source_port, 52, 2);
DISSECTION(destination_port, 54, 2);
DISSECTION(fragment_offset, 56, 4);
DISSECTION(fragment_id, 60, 4);
DISSECTION(more_fragments, 64, 1);
DISSECTION(vlan_count, 65, 1);
DISSECTION(vlan_ids, 66, 16);
DISSECTION(arp_operation, 82, 2);
DISSECTION(echo_id, 84, 2);
DISSECTION(echo_sequence, 86, 2);
DISSECTION(reserved, 88, 8);
_Static_assert(sizeof(nflogcap_dissection) == 96, "a field was added: give it its line here");

#define DESCRIPTION(field, offset, size) FIELD(nflogcap_field, field, offset, size)
DESCRIPTION(name, 0, 8);
DESCRIPTION(description, 8, 8);
DESCRIPTION(unit, 16, 8);
DESCRIPTION(present, 24, 8);
DESCRIPTION(kind, 32, 4);
DESCRIPTION(is_dissected, 36, 4);
DESCRIPTION(offset, 40, 4);
DESCRIPTION(size, 44, 4);
DESCRIPTION(length_offset, 48, 4);
DESCRIPTION(length_size, 52, 4);
_Static_assert(sizeof(nflogcap_field) == 56, "a field was added: give it its line here");

#define STATS(field, offset, size) FIELD(nflogcap_stats, field, offset, size)
STATS(received, 0, 8);
STATS(delivered, 8, 8);
STATS(filtered, 16, 8);
STATS(lost, 24, 8);
STATS(dropped_batches, 32, 8);
STATS(unaccounted_batches, 40, 8);
STATS(truncated, 48, 8);
STATS(malformed, 56, 8);
STATS(batches, 64, 8);
STATS(bytes, 72, 8);
STATS(socket_buffer, 80, 8);
STATS(socket_buffer_used, 88, 8);
STATS(delivery, 96, 4);
STATS(reserved, 100, 4);
_Static_assert(sizeof(nflogcap_stats) == 104, "a field was added: give it its line here");

#endif

_Static_assert(NFLOGCAP_BATCHED == 0 && NFLOGCAP_IMMEDIATE == 1 && NFLOGCAP_ADAPTIVE == 2,
               "a delivery has changed");
