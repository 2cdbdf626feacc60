/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record that the program in the kernel passes to the reader. */
#ifndef BENCH_LIVE_RING_H
#define BENCH_LIVE_RING_H

enum {
    ring_bytes = 32 * 1024 * 1024,
    ring_snaplen = 96, /* fixed, because the verifier must know the size of records */
};

struct ring_packet {
    unsigned long long timestamp_ns;
    unsigned int mark;
    unsigned int wire_length; /* the record has at most ring_snaplen of these bytes */
    unsigned char payload[ring_snaplen];
};

#endif
