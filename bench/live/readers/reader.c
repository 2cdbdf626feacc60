/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { max_ages = 1 << 20, headers = 20 + 8 /* IPv4 without options, UDP */ };

static uint64_t ages[max_ages];
static size_t noted;

void reader_ready(void (*end)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = end; /* without SA_RESTART */
    sigaction(SIGINT, &action, NULL);
    puts("ready");
    fflush(stdout);
}

void reader_took(const uint8_t* packet)
{
    struct timespec now;
    uint64_t sent = 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    memcpy(&sent, packet + headers, sizeof sent);
    if (noted < max_ages)
        ages[noted++] = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - sent;
}

static int compare_ages(const void* one, const void* other)
{
    const uint64_t a = *(const uint64_t*)one;
    const uint64_t b = *(const uint64_t*)other;
    return (a > b) - (a < b);
}

void reader_report(uint64_t received, int64_t lost)
{
    printf("{\"received\": %" PRIu64, received);
    if (lost >= 0)
        printf(", \"lost\": %" PRId64, lost);
    if (noted > 0) {
        qsort(ages, noted, sizeof ages[0], compare_ages);
        printf(", \"median\": %" PRIu64 ", \"p99\": %" PRIu64 ", \"max\": %" PRIu64,
               ages[noted / 2], ages[noted * 99 / 100], ages[noted - 1]);
    }
    puts("}");
}
