/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture on many cores: many_cores FIRST COUNT. Reads COUNT groups from FIRST on, each by a
 * thread with a handle of its own, until Ctrl-C, and prints what each received. The rules that
 * spread packets over groups stand in docs/many-cores.md. */
#include <errno.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { most_readers = 256, at_once = 256, cache_line = 64 };

/* A reader shares nothing that is written to with another, so that no core waits for one: neither
 * do the handles, nor these, which have cache lines of their own. */
struct reader {
    alignas(cache_line) pthread_t thread;
    nflogcap *capture;
    uint16_t group;
    uint64_t bytes;
    int ended; /* what ended its loop */
};

static struct reader readers[most_readers];

static void *read_group(void *argument)
{
    struct reader *own = argument;
    const nflogcap_packet *packets[at_once];
    int got = 0;
    while ((got = nflogcap_next_batch(own->capture, packets, at_once, -1)) > 0) {
        for (int i = 0; i < got; ++i)
            own->bytes += packets[i]->wire_length; /* the work of a real program goes here */
    }
    own->ended = got;
    return NULL;
}

/* Returns whether it started. */
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

/* Takes in what the kernel still holds of the group, and prints what there was of it. */
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

/* Returns the number in text. If it is not a number from least to most, ends the program. */
static long number(const char *name, const char *text, long least, long most)
{
    char *end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "many_cores: %s is a number from %ld to %ld\n", name, least, most);
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
        UINT16_MAX + 1 - first < most_readers ? UINT16_MAX + 1 - first : most_readers;
    const long count = number("COUNT", argv[2], 1, last_count);

    /* The signal comes to sigwait() below: no thread's reading is interrupted. */
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
    int well = started == count;
    for (long i = 0; i < started; ++i)
        well &= finish(&readers[i]);
    return well ? 0 : 1;
}
