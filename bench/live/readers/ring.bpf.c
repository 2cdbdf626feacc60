// SPDX-License-Identifier: GPL-2.0-or-later
// When an interface receives UDP datagrams for the port (tc, ingress), puts them into a ring
// buffer.
// clang-format off: the kernel's header has to come first
#include <linux/bpf.h>
// clang-format on
#include "ring.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/in.h>

enum { port = 7005, ethernet_header = 14, protocol_at = 9, port_at = 22 /* after IPv4 */ };

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, ring_bytes);
} packets SEC(".maps");

// The kernel offers some helpers only to GPL programs.
char _license[] SEC("license") = "GPL";

SEC("tc")
int capture(struct __sk_buff* buffer)
{
    __u8 protocol = 0;
    __be16 to = 0;
    if (bpf_skb_load_bytes(buffer, ethernet_header + protocol_at, &protocol, sizeof protocol) < 0 ||
        protocol != IPPROTO_UDP ||
        bpf_skb_load_bytes(buffer, ethernet_header + port_at, &to, sizeof to) < 0 ||
        to != bpf_htons(port))
        return 0;
    struct ring_packet* packet = bpf_ringbuf_reserve(&packets, sizeof *packet, 0);
    if (!packet)
        return 0;
    __u32 length = buffer->len - ethernet_header;
    packet->wire_length = length;
    packet->timestamp_ns = bpf_ktime_get_ns();
    packet->mark = buffer->mark;
    if (length > ring_snaplen)
        length = ring_snaplen;
    if (length == 0 || bpf_skb_load_bytes(buffer, ethernet_header, packet->payload, length) < 0)
        packet->wire_length = 0;
    bpf_ringbuf_submit(packet, 0); // wakes the reader if it has read all earlier packets
    return 0;
}
