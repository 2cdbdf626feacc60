/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints one line for each packet that firewall rules log to a group: print_packets GROUP [COUNT].
 * Ends after COUNT packets, or on Ctrl-C. Packets that the kernel still holds at Ctrl-C are printed
 * first. */
#include <errno.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { max_line = 1024, max_packets = 1000000000 };

static nflogcap *capture;

static void stop(int signal_number)
{
    (void)signal_number;
    nflogcap_stop(capture);
}

/* Returns the name of an interface in the capture's network namespace. */
static const char *name_of(void *handle, uint32_t index)
{
    return nflogcap_interface_name(handle, index);
}

static void print(const nflogcap_packet *packet)
{
    char line[max_line];
    nflogcap_packet_format(packet, NFLOGCAP_LINE, name_of, capture, NULL, line, sizeof line);
    puts(line);
    fflush(stdout);
}

/* Returns the number in `text`. Ends the program if it is not a number from 0 to max. */
static unsigned long number(const char *name, const char *text, unsigned long max)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || value > max) {
        fprintf(stderr, "print_packets: %s must be a number from 0 to %lu\n", name, max);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: print_packets GROUP [COUNT]\n");
        return 2;
    }
    const uint16_t group = (uint16_t)number("GROUP", argv[1], UINT16_MAX);
    const unsigned long count = argc == 3 ? number("COUNT", argv[2], max_packets) : 0;

    char error[NFLOGCAP_ERROR_SIZE];
    if (nflogcap_open(&capture, &group, 1, error, sizeof error) < 0) {
        fprintf(stderr, "print_packets: %s\n", error);
        return 1;
    }
    signal(SIGINT, stop);
    signal(SIGTERM, stop);

    const nflogcap_packet *packet = NULL;
    unsigned long seen = 0;
    int code = 0;
    while ((code = nflogcap_next(capture, &packet, -1)) == 1 || code == -EINTR) {
        if (code != 1)
            continue;
        print(packet);
        if (++seen == count)
            nflogcap_stop(capture);
    }
    if (code != -ENODATA)
        fprintf(stderr, "print_packets: %s\n", nflogcap_error(capture));
    nflogcap_stats stats;
    nflogcap_get_stats(capture, &stats, sizeof stats);
    fprintf(stderr, "%" PRIu64 " received, %" PRIu64 " lost\n", stats.received, stats.lost);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    nflogcap_close(capture);
    return code == -ENODATA ? 0 : 1;
}
