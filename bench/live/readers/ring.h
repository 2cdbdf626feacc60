/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program in the kernel hands to the reader. */
#ifndef BENCH_LIVE_RING_H
#define BENCH_LIVE_RING_H

enum {
    ring_bytes = 32 * 1024 * 1024,
    ring_snaplen = 96, /* a record is of one size, since a verifier has to know it */
};

struct ring_packet {
    unsigned long long timestamp_ns;
    unsigned int mark;
    unsigned int wire_length; /* of which at most ring_snaplen bytes are here */
    unsigned char payload[ring_snaplen];
};

#endif
