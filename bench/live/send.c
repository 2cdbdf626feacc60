/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends UDP datagrams to a port of lo: bench_send PORT COUNT BYTES RATE SECONDS FAMILIES. At RATE a
 * second, each at its own time, or as fast as it goes if that is 0; after SECONDS it gives up.
 * FAMILIES is 1: IPv4, or 2: every second call that sends some uses IPv6. The first
 * 8 bytes of each are the time of sending, CLOCK_MONOTONIC in nanoseconds, in host order. Prints
 * how long it took, in nanoseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { burst = 64, most_bytes = 65507 };

static const uint64_t second = 1000000000;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

/* A sleep that ends so much too late is finished by looking at the clock instead. */
static void sleep_until_shortly_before(uint64_t time)
{
    const uint64_t early = time - 100000;
    const struct timespec until = {(time_t)(early / second), (long)(early % second)};
    if (now_ns() < early)
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static int open_sender(int family, uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    const struct sockaddr_in6 to6 = {
        .sin6_family = AF_INET6,
        .sin6_port = htons(port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT,
    };
    const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int connected = family == AF_INET ? connect(fd, (const struct sockaddr*)&to, sizeof to)
                                            : connect(fd, (const struct sockaddr*)&to6, sizeof to6);
    if (fd < 0 || connected < 0) {
        perror("bench_send: cannot open a UDP socket to lo");
        exit(1);
    }
    return fd;
}

/* How many of the datagrams that are left are due at this time; at most a burst. */
static uint64_t due(uint64_t elapsed, uint64_t rate, uint64_t sent, uint64_t count)
{
    uint64_t by_now = count;
    if (rate > 0 && elapsed * rate / second + 1 < count)
        by_now = elapsed * rate / second + 1;
    return by_now - sent < burst ? by_now - sent : burst;
}

static void send_all(const int* fds, uint64_t families, uint64_t count, size_t bytes, uint64_t rate,
                     uint64_t seconds)
{
    static char payload[most_bytes];
    struct iovec piece = {payload, bytes};
    struct mmsghdr messages[burst];
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < burst; ++i) {
        messages[i].msg_hdr.msg_iov = &piece;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    const uint64_t start = now_ns();
    uint64_t calls = 0;
    for (uint64_t sent = 0; sent < count;) {
        const uint64_t now = now_ns();
        if (now - start > seconds * second) {
            fprintf(stderr, "bench_send: only %" PRIu64 " were sent in time\n", sent);
            exit(1);
        }
        const uint64_t ready = due(now - start, rate, sent, count);
        if (ready == 0) {
            sleep_until_shortly_before(start + sent * second / rate);
            continue;
        }
        memcpy(payload, &now, sizeof now);
        const int done = sendmmsg(fds[calls++ % families], messages, (unsigned)ready, 0);
        if (done < 0) {
            perror("bench_send: cannot send");
            exit(1);
        }
        sent += (uint64_t)done;
    }
    printf("%" PRIu64 "\n", now_ns() - start);
}

int main(int argc, char** argv)
{
    uint64_t numbers[6] = {0};
    if (argc != 7)
        return fprintf(stderr, "usage: bench_send PORT COUNT BYTES RATE SECONDS FAMILIES\n"), 2;
    for (int i = 0; i < 6; ++i)
        numbers[i] = strtoull(argv[i + 1], NULL, 10);
    if (numbers[2] < sizeof(uint64_t) || numbers[2] > most_bytes)
        return fprintf(stderr, "bench_send: BYTES is 8 to %d\n", most_bytes), 2;
    if (numbers[5] < 1 || numbers[5] > 2)
        return fprintf(stderr, "bench_send: FAMILIES is 1 or 2\n"), 2;
    prctl(PR_SET_TIMERSLACK, 1UL);
    const uint16_t port = (uint16_t)numbers[0];
    const int fds[2] = {open_sender(AF_INET, port),
                        numbers[5] == 2 ? open_sender(AF_INET6, port) : -1};
    send_all(fds, numbers[5], numbers[1], numbers[2], numbers[3], numbers[4]);
    return 0;
}
