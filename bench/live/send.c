/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_send PORT COUNT BYTES RATE SECONDS KINDS: sends UDP datagrams to a port of lo, and prints
 * how long that took, in nanoseconds. It sends RATE datagrams per second, evenly; if RATE is 0, it
 * sends at full speed. After SECONDS it gives up. KINDS is 1 for IPv4; 2 for IPv4 and IPv6, in turn
 * for each system call; 3 for IPv4, IPv6, and IPv4 with a VLAN tag, which requires CAP_NET_RAW. The
 * first 8 bytes of each payload are the time of sending: CLOCK_MONOTONIC in nanoseconds, in host
 * byte order. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { burst = 64, max_bytes = 65507, max_kinds = 3 };

/* The headers that a packet socket sends before the payload. */
struct tagged_headers {
    struct ethhdr ethernet;
    struct {
        uint16_t tci;
        uint16_t protocol;
    } vlan;
    struct iphdr ip;
    struct udphdr udp;
} __attribute__((packed));

/* A socket and the data to send with it. For UDP, the data are only the payload. */
struct kind {
    int fd;
    struct iovec pieces[2];
    size_t piece_count;
};

static const uint64_t second = 1000000000;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

/* A sleep can end too late by this time. Therefore it ends earlier, and then the clock is polled.
 */
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

static int open_packet_sender(void)
{
    const struct sockaddr_ll lo = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_8021Q),
        .sll_ifindex = (int)if_nametoindex("lo"),
    };
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr*)&lo, sizeof lo) < 0) {
        perror("bench_send: cannot open a packet socket on lo");
        exit(1);
    }
    return fd;
}

static uint16_t ip_checksum(const struct iphdr* ip)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof *ip; i += 2) {
        uint16_t word = 0;
        memcpy(&word, (const char*)ip + i, sizeof word);
        sum += word;
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

static struct tagged_headers tagged_headers(uint16_t port, size_t bytes)
{
    const size_t udp_bytes = sizeof(struct udphdr) + bytes;
    struct tagged_headers headers = {
        .ethernet.h_proto = htons(ETH_P_8021Q),
        .vlan = {.tci = htons(5), .protocol = htons(ETH_P_IP)},
        .ip = {.version = 4,
               .ihl = sizeof(struct iphdr) / 4,
               .tot_len = htons((uint16_t)(sizeof(struct iphdr) + udp_bytes)),
               .ttl = 64,
               .protocol = IPPROTO_UDP,
               .saddr = htonl(INADDR_LOOPBACK),
               .daddr = htonl(INADDR_LOOPBACK)},
        .udp = {.source = htons(port), .dest = htons(port), .len = htons((uint16_t)udp_bytes)},
    };
    const struct iphdr ip = headers.ip;
    headers.ip.check = ip_checksum(&ip);
    return headers;
}

/* Returns how many of the remaining datagrams are due at this time, but not more than one burst. */
static uint64_t due(uint64_t elapsed, uint64_t rate, uint64_t sent, uint64_t count)
{
    uint64_t by_now = count;
    if (rate > 0 && elapsed * rate / second + 1 < count)
        by_now = elapsed * rate / second + 1;
    return by_now - sent < burst ? by_now - sent : burst;
}

static int send_burst(struct kind* kind, uint64_t count)
{
    struct mmsghdr messages[burst];
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < count; ++i) {
        messages[i].msg_hdr.msg_iov = kind->pieces;
        messages[i].msg_hdr.msg_iovlen = kind->piece_count;
    }
    const int sent = sendmmsg(kind->fd, messages, (unsigned)count, 0);
    if (sent < 0) {
        perror("bench_send: cannot send");
        exit(1);
    }
    return sent;
}

static void send_all(struct kind* kinds, uint64_t kind_count, void* payload, uint64_t count,
                     uint64_t rate, uint64_t seconds)
{
    const uint64_t start = now_ns();
    uint64_t calls = 0;
    for (uint64_t sent = 0; sent < count;) {
        const uint64_t now = now_ns();
        if (now - start > seconds * second) {
            fprintf(stderr, "bench_send: only %" PRIu64 " datagrams were sent in time\n", sent);
            exit(1);
        }
        const uint64_t ready = due(now - start, rate, sent, count);
        if (ready == 0) {
            sleep_until_shortly_before(start + sent * second / rate);
            continue;
        }
        memcpy(payload, &now, sizeof now);
        sent += (uint64_t)send_burst(&kinds[calls++ % kind_count], ready);
    }
    printf("%" PRIu64 "\n", now_ns() - start);
}

int main(int argc, char** argv)
{
    static char payload[max_bytes];
    uint64_t numbers[6] = {0};
    if (argc != 7)
        return fprintf(stderr, "usage: bench_send PORT COUNT BYTES RATE SECONDS KINDS\n"), 2;
    for (int i = 0; i < 6; ++i)
        numbers[i] = strtoull(argv[i + 1], NULL, 10);
    if (numbers[2] < sizeof(uint64_t) || numbers[2] > max_bytes)
        return fprintf(stderr, "bench_send: BYTES is 8 to %d\n", max_bytes), 2;
    if (numbers[5] < 1 || numbers[5] > max_kinds)
        return fprintf(stderr, "bench_send: KINDS is 1 to %d\n", max_kinds), 2;
    prctl(PR_SET_TIMERSLACK, 1UL);
    const uint16_t port = (uint16_t)numbers[0];
    struct tagged_headers headers = tagged_headers(port, numbers[2]);
    const struct iovec body = {payload, numbers[2]};
    struct kind kinds[max_kinds] = {{open_sender(AF_INET, port), {body}, 1}};
    if (numbers[5] > 1)
        kinds[1] = (struct kind){open_sender(AF_INET6, port), {body}, 1};
    if (numbers[5] > 2)
        kinds[2] = (struct kind){open_packet_sender(), {{&headers, sizeof headers}, body}, 2};
    send_all(kinds, numbers[5], payload, numbers[1], numbers[3], numbers[4]);
    return 0;
}
