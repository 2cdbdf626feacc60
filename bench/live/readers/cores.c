/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several captures in one process: cores CPU... Each CPU has one thread, which is bound to it and
 * has its own handle and group (5, 6, and so on). Prints for each thread the received packets, the
 * lost packets, and the CPU time. */
#define _GNU_SOURCE
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { max_threads = 64 };

struct reading {
    pthread_t thread;
    nflogcap* capture;
    int cpu;
    int ended;         /* the return value that ended its loop */
    uint64_t received; /* set once, at the end: the threads write to no shared data */
    uint64_t cpu_ns;
    uint64_t sum; /* used so that the compiler does not skip fields */
};

static uint64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void* read_all(void* argument)
{
    struct reading* own = argument;
    const nflogcap_packet* packet = NULL;
    uint64_t received = 0;
    uint64_t sum = 0;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)own->cpu, &only);
    pthread_setaffinity_np(pthread_self(), sizeof only, &only);
    const uint64_t before = thread_ns();
    while ((own->ended = nflogcap_next(own->capture, &packet, -1)) == 1) {
        sum += packet->payload_length + packet->mark + packet->timestamp_ns;
        sum += (uintptr_t)packet->prefix;
        ++received;
    }
    own->cpu_ns = thread_ns() - before;
    own->received = received;
    own->sum = sum;
    return NULL;
}

static void start(struct reading* own, int number)
{
    const uint16_t group = (uint16_t)(reader_group + number);
    char error[NFLOGCAP_ERROR_SIZE];
    if (nflogcap_open(&own->capture, &group, 1, error, sizeof error) < 0) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    pthread_create(&own->thread, NULL, read_all, own);
}

static int finish(struct reading* own, int first)
{
    nflogcap_wakeup(own->capture);
    pthread_join(own->thread, NULL);
    nflogcap_stats stats;
    nflogcap_get_stats(own->capture, &stats, sizeof stats);
    printf("%s{\"received\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"cpu\": %" PRIu64 "}",
           first ? "" : ", ", own->received, stats.lost, own->cpu_ns);
    nflogcap_close(own->capture);
    return own->ended == -ECANCELED && own->sum != 1; /* the sum is never 1 */
}

int main(int argc, char** argv)
{
    static struct reading readings[max_threads];
    sigset_t interrupt;
    int signal_number = 0;
    int well = 1;
    if (argc < 2 || argc > max_threads)
        return fprintf(stderr, "usage: cores CPU...\n"), 2;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
    for (int i = 0; i < argc - 1; ++i) {
        readings[i].cpu = atoi(argv[i + 1]);
        start(&readings[i], i);
    }
    puts("ready");
    fflush(stdout);
    sigwait(&interrupt, &signal_number);
    printf("{\"readers\": [");
    for (int i = 0; i < argc - 1; ++i)
        well &= finish(&readings[i], i == 0);
    puts("]}");
    return well ? 0 : 1;
}
