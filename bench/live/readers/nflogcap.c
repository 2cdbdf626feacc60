/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nflogcap next|batch DELIVERY [ages|GROUPS]: reads with nflogcap in C. DELIVERY is a number from
 * nflogcap.h. If the library refuses it, the reader reports that it is not supported. GROUPS is the
 * number of groups to capture. */
#include "reader.h"

#include <errno.h>
#include <nflogcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static nflogcap* capture;
static uint64_t sum; /* used so that the compiler does not skip fields */

static void end(int signal_number)
{
    (void)signal_number; /* the signal makes the blocking call return -EINTR */
}

static void touch(const nflogcap_packet* packet)
{
    sum += packet->payload_length + packet->mark + packet->timestamp_ns;
    sum += (uintptr_t)packet->prefix;
}

static int with_next(uint64_t* received, int with_ages)
{
    const nflogcap_packet* packet = NULL;
    int got = 0;
    while ((got = nflogcap_next(capture, &packet, -1)) == 1) {
        touch(packet);
        ++*received;
        if (with_ages)
            reader_took(packet->payload);
    }
    return got;
}

static int with_next_batch(uint64_t* received)
{
    enum { capacity = 256 };
    const nflogcap_packet* packets[capacity];
    int got = 0;
    while ((got = nflogcap_next_batch(capture, packets, capacity, -1)) > 0) {
        for (int i = 0; i < got; ++i)
            touch(packets[i]);
        *received += (uint64_t)got;
    }
    return got;
}

static int start(int delivery, int groups)
{
    int error = nflogcap_new(&capture);
    if (error < 0)
        return error;
    error = nflogcap_set_delivery(capture, delivery);
    if (error < 0) {
        fprintf(stderr, "%s\n", nflogcap_error(capture));
        exit(reader_unsupported);
    }
    for (int i = 0; i < groups && error >= 0; ++i)
        error = nflogcap_add_group(capture, (uint16_t)(reader_group + i));
    return error < 0 ? error : nflogcap_start(capture);
}

int main(int argc, char** argv)
{
    if (argc < 3)
        return fprintf(stderr, "usage: nflogcap next|batch DELIVERY [ages|GROUPS]\n"), 2;
    const int with_ages = argc == 4 && strcmp(argv[3], "ages") == 0;
    const int error = start(atoi(argv[2]), argc == 4 && !with_ages ? atoi(argv[3]) : 1);
    if (error < 0)
        return fprintf(stderr, "%s\n",
                       capture == NULL ? nflogcap_strerror(error) : nflogcap_error(capture)),
               1;
    uint64_t received = 0;
    reader_ready(end);
    const int ended = strcmp(argv[1], "batch") == 0 ? with_next_batch(&received)
                                                    : with_next(&received, with_ages);
    if (ended != -EINTR)
        return fprintf(stderr, "%s\n", nflogcap_error(capture)), 1;
    /* The loss is unknown if dropped batches at the end are not counted in it yet. */
    nflogcap_stats stats;
    nflogcap_get_stats(capture, &stats, sizeof stats);
    reader_report(received, stats.unaccounted_batches == 0 ? (int64_t)stats.lost : -1);
    nflogcap_close(capture);
    return sum == 1; /* the sum is never 1 */
}
