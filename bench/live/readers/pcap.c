/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap normal|immediate [ages]: reads the device nflog:5 with libpcap. pcap packet: reads the
 * device lo with libpcap, which uses AF_PACKET. */
#include "reader.h"

#include <linux/filter.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { payload_type = 9 /* NFULA_PAYLOAD */ };

static pcap_t* capture;
static uint64_t received;
static uint64_t sum; /* used so that the compiler does not skip fields */

static void end(int signal_number)
{
    (void)signal_number;
    pcap_breakloop(capture);
}

/* Returns the packet itself, which follows a header of 4 bytes and attributes. Returns NULL if
 * there is no payload. */
static const uint8_t* payload_in(const uint8_t* frame, uint32_t length)
{
    uint16_t attribute[2]; /* length and type, in host order */
    for (uint32_t at = 4; at + sizeof attribute <= length;) {
        memcpy(attribute, frame + at, sizeof attribute);
        if (attribute[1] == payload_type)
            return frame + at + sizeof attribute;
        if (attribute[0] < sizeof attribute)
            break;
        at += (attribute[0] + 3U) & ~3U;
    }
    return NULL;
}

static void take(u_char* with_ages, const struct pcap_pkthdr* header, const u_char* frame)
{
    sum += header->caplen + (uint64_t)header->ts.tv_usec + frame[0];
    ++received;
    if (with_ages != NULL) {
        const uint8_t* payload = payload_in(frame, header->caplen);
        if (payload != NULL)
            reader_took(payload);
    }
}

/* Opens lo with a filter in the kernel, so that other packets need no CPU time of the reader. The
 * filter also rejects the second copy of each packet: on lo, a packet is seen both when it is sent
 * and when it is received. The buffer has the size that other readers use. */
static int open_on_lo(void)
{
    enum { bytes = 32 * 1024 * 1024 };
    char expression[64];
    struct bpf_program filter;
    snprintf(expression, sizeof expression, "inbound and udp dst port %d", reader_port);
    if (pcap_set_buffer_size(capture, bytes) < 0 || pcap_set_timeout(capture, 10) < 0 ||
        pcap_activate(capture) < 0 ||
        pcap_compile(capture, &filter, expression, 1, PCAP_NETMASK_UNKNOWN) < 0)
        return -1;
    /* pcap_setfilter() is not used: after it, libpcap itself filters one block of the ring, and
     * "inbound" matches nothing there. */
    struct sock_fprog program = {(unsigned short)filter.bf_len, (void*)filter.bf_insns};
    const int set =
        setsockopt(pcap_fileno(capture), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    pcap_freecode(&filter);
    return set;
}

int main(int argc, char** argv)
{
    char why[PCAP_ERRBUF_SIZE];
    char device[16] = "lo";
    if (argc < 2)
        return fprintf(stderr, "usage: pcap normal|immediate [ages], or pcap packet\n"), 2;
    const int on_lo = strcmp(argv[1], "packet") == 0;
    if (!on_lo)
        snprintf(device, sizeof device, "nflog:%d", reader_group);
    capture = pcap_create(device, why);
    if (capture == NULL)
        return fprintf(stderr, "%s\n", why), 1;
    if ((strcmp(argv[1], "immediate") == 0 && pcap_set_immediate_mode(capture, 1) < 0) ||
        (on_lo ? open_on_lo() : pcap_activate(capture)) < 0)
        return fprintf(stderr, "%s\n", pcap_geterr(capture)), 1;
    reader_ready(end);
    if (pcap_loop(capture, -1, take, argc == 3 ? (u_char*)capture : NULL) != PCAP_ERROR_BREAK)
        return fprintf(stderr, "%s\n", pcap_geterr(capture)), 1;
    struct pcap_stat stats;
    const int is_known = on_lo && pcap_stats(capture, &stats) == 0;
    reader_report(received, is_known ? (int64_t)stats.ps_drop : -1);
    pcap_close(capture);
    return sum == 1; /* always false */
}
