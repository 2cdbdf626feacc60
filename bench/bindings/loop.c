/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop in C, with which the loops of other languages are compared: loop COUNT. The script
 * compare describes what each loop prints and adds up. */
#include <inttypes.h>
#include <nflogcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int main(int argc, char** argv)
{
    const uint16_t group = 5;
    const uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    uint64_t sum = 0;
    nflogcap* capture = NULL;
    const nflogcap_packet* packet = NULL;
    char error[NFLOGCAP_ERROR_SIZE];
    if (nflogcap_open(&capture, &group, 1, error, sizeof error) < 0)
        return fprintf(stderr, "%s\n", error), 1;
    puts("ready");
    fflush(stdout);
    const uint64_t before = cpu_ns();
    for (uint64_t i = 0; i < count; ++i) {
        if (nflogcap_next(capture, &packet, -1) != 1)
            return fprintf(stderr, "%s\n", nflogcap_error(capture)), 1;
        sum += packet->payload_length + packet->payload[0];
        if (packet->prefix != NULL)
            sum += strlen(packet->prefix);
        sum += packet->mark + packet->timestamp_ns % 1000003;
    }
    const uint64_t after = cpu_ns();
    nflogcap_stats stats;
    nflogcap_get_stats(capture, &stats, sizeof stats);
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", after - before, stats.received,
           stats.lost, sum);
    nflogcap_close(capture);
    return 0;
}
