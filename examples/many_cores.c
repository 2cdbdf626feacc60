/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures on many cores, until Ctrl-C: many_cores FIRST COUNT. Reads COUNT groups, beginning with
 * FIRST. Each group has its own thread and handle. At the end it prints the totals of each group.
 * docs/many-cores.md contains rules that spread packets over groups. */
#include <errno.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { max_readers = 256, at_once = 256, cache_line = 64 };

/* No core waits for another, because readers write to no shared data: handles share none, and each
 * of these structs has its own cache lines. */
struct reader {
    alignas(cache_line) pthread_t thread;
    nflogcap *capture;
    uint16_t group;
    uint64_t bytes;
    int ended; /* the return value that ended the loop */
};

static struct reader readers[max_readers];

static void *read_group(void *argument)
{
    struct reader *own = argument;
    const nflogcap_packet *packets[at_once];
    int got = 0;
    while ((got = nflogcap_next_batch(own->capture, packets, at_once, -1)) > 0) {
        for (int i = 0; i < got; ++i)
            own->bytes += packets[i]->wire_length; /* a real program does its work here */
    }
    own->ended = got;
    return NULL;
}

/* Starts a reader. Returns 1 on success, else 0. */
static int start(struct reader *own, uint16_t group)
{
    char error[NFLOGCAP_ERROR_SIZE];
    own->group = group;
    if (nflogcap_open(&own->capture, &group, 1, error, sizeof error) < 0) {
        fprintf(stderr, "many_cores: group %u: %s\n", group, error);
        return 0;
    }
    const int code = pthread_create(&own->thread, NULL, read_group, own);
    if (code != 0) {
        fprintf(stderr, "many_cores: group %u: %s\n", group, nflogcap_strerror(code));
        nflogcap_close(own->capture);
    }
    return code == 0;
}

/* Receives the packets that the kernel still holds for the group, and prints the totals. Returns 1
 * on success, else 0. */
static int finish(struct reader *own)
{
    nflogcap_stop(own->capture);
    pthread_join(own->thread, NULL);
    nflogcap_stats stats;
    nflogcap_get_stats(own->capture, &stats, sizeof stats);
    printf("group %u: %" PRIu64 " received, %" PRIu64 " bytes, %" PRIu64 " lost\n", own->group,
           stats.received, own->bytes, stats.lost);
    if (own->ended != -ENODATA)
        fprintf(stderr, "many_cores: group %u: %s\n", own->group, nflogcap_error(own->capture));
    nflogcap_close(own->capture);
    return own->ended == -ENODATA;
}

/* Returns the number in `text`. Ends the program if it is not a number from min to max. */
static long number(const char *name, const char *text, long min, long max)
{
    char *end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < min || value > max) {
        fprintf(stderr, "many_cores: %s must be a number from %ld to %ld\n", name, min, max);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return fprintf(stderr, "usage: many_cores FIRST COUNT\n"), 2;
    const long first = number("FIRST", argv[1], 0, UINT16_MAX);
    const long last_count =
        UINT16_MAX + 1 - first < max_readers ? UINT16_MAX + 1 - first : max_readers;
    const long count = number("COUNT", argv[2], 1, last_count);

    /* sigwait() below receives the signal, so that it interrupts no reader. */
    sigset_t interrupt;
    int signal_number = 0;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigaddset(&interrupt, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &interrupt, NULL);

    long started = 0;
    while (started < count && start(&readers[started], (uint16_t)(first + started)))
        ++started;
    if (started == count)
        sigwait(&interrupt, &signal_number);
    int all_succeeded = started == count;
    for (long i = 0; i < started; ++i)
        all_succeeded &= finish(&readers[i]);
    return all_succeeded ? 0 : 1;
}
