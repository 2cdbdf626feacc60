/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The common parts of the readers in C. measure.py describes how compare runs the readers, and what
 * they print. */
#ifndef BENCH_LIVE_READER_H
#define BENCH_LIVE_READER_H

#include <stdint.h>

/* The group that the rules log to, and the destination port of the traffic. */
enum { reader_group = 5, reader_port = 7005 };

/* The exit status of a reader that cannot work on this system. compare then leaves the reader out.
 */
enum { reader_unsupported = 77 };

/* Reports that the reader is ready for packets. From then on, SIGINT calls `end` and interrupts
 * blocking calls. */
void reader_ready(void (*end)(int));

/* Records the age of a packet: the time since it was sent, which is at the beginning of its
 * payload. `packet` points to its IPv4 header. */
void reader_took(const uint8_t* packet);

/* Prints how many packets were received and lost (-1: unknown). Also prints the ages of packets, if
 * some were recorded. */
void reader_report(uint64_t received, int64_t lost);

#endif
