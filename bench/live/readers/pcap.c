/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcap, on the device nflog:5: pcap normal|immediate [ages]. */
#include "reader.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

enum { payload_type = 9 /* NFULA_PAYLOAD */ };

static pcap_t* capture;
static uint64_t received;
static uint64_t sum; /* so that no field is left unread */

static void end(int signal_number)
{
    (void)signal_number;
    pcap_breakloop(capture);
}

/* The packet itself, behind a header of 4 bytes and attributes; NULL where there is none. */
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

int main(int argc, char** argv)
{
    char why[PCAP_ERRBUF_SIZE];
    char device[16];
    if (argc < 2)
        return fprintf(stderr, "usage: pcap normal|immediate [ages]\n"), 2;
    snprintf(device, sizeof device, "nflog:%d", reader_group);
    capture = pcap_create(device, why);
    if (capture == NULL)
        return fprintf(stderr, "%s\n", why), 1;
    if (strcmp(argv[1], "immediate") == 0)
        pcap_set_immediate_mode(capture, 1);
    if (pcap_activate(capture) < 0)
        return fprintf(stderr, "%s\n", pcap_geterr(capture)), 1;
    reader_ready(end);
    if (pcap_loop(capture, -1, take, argc == 3 ? (u_char*)capture : NULL) != PCAP_ERROR_BREAK)
        return fprintf(stderr, "%s\n", pcap_geterr(capture)), 1;
    reader_report(received, -1);
    pcap_close(capture);
    return sum == 1; /* it never is */
}
