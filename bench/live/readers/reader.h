/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers in C have in common. How compare drives them, and what they print, is told in
 * measure.py. */
#ifndef BENCH_LIVE_READER_H
#define BENCH_LIVE_READER_H

#include <stdint.h>

/* The group that the rules log to, and the port that the traffic goes to. */
enum { reader_group = 5, reader_port = 7005 };

/* "This cannot be done here": compare then leaves the reader out. */
enum { reader_unsupported = 77 };

/* Says that packets may come. From then on SIGINT runs `end` and interrupts what waits. */
void reader_ready(void (*end)(int));

/* Notes how old a packet is, from its IPv4 header on; the sender has put its time in front. */
void reader_took(const uint8_t* packet);

/* Prints what was received, and lost (-1: it cannot say), and the ages where some were noted. */
void reader_report(uint64_t received, int64_t lost);

#endif
