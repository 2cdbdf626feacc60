/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This program is compiled with the header of an earlier release from capi/abi, and runs with the
 * current library. It sends one datagram on the loopback interface. A rule logs the datagram to
 * group 5, with prefix "old" and mark 7. The program checks all fields of the packet and all
 * counters that this header has. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <nflogcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char text[] = "from an old program";
static int failures;

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        ++failures;
    }
}
#define CHECK(condition) check((condition), #condition)

static void send_datagram(uint16_t port)
{
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(sendto(fd, text, sizeof text, 0, (struct sockaddr *)&to, sizeof to) == sizeof text);
    close(fd);
}

static void check_packet(const nflogcap_packet *packet)
{
    const uint32_t headers = 20 + 8;
    const uint64_t had = NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_INDEV |
                         NFLOGCAP_HAS_PAYLOAD | NFLOGCAP_HAS_PREFIX | NFLOGCAP_HAS_SEQ |
                         NFLOGCAP_HAS_SEQ_GLOBAL | NFLOGCAP_HAS_HW_TYPE | NFLOGCAP_HAS_HW_HEADER;
    const uint64_t had_not = NFLOGCAP_HAS_OUTDEV | NFLOGCAP_HAS_PHYSINDEV |
                             NFLOGCAP_HAS_PHYSOUTDEV | NFLOGCAP_HAS_UID | NFLOGCAP_HAS_GID |
                             NFLOGCAP_HAS_CT | NFLOGCAP_HAS_CT_INFO | NFLOGCAP_HAS_VLAN |
                             NFLOGCAP_HAS_L2_HEADER;
    CHECK((packet->present & had) == had);
    CHECK((packet->present & had_not) == 0);
    CHECK(packet->payload_length == headers + sizeof text);
    CHECK(memcmp(packet->payload + headers, text, sizeof text) == 0);
    CHECK(packet->wire_length == packet->payload_length);
    CHECK(packet->timestamp_ns > UINT64_C(1000000000) * 1000000000);
    CHECK(packet->lost_before == 0);
    CHECK(packet->group == 5 && packet->family == 2 && packet->hook == 0);
    CHECK(packet->hw_protocol == 0x0800 && packet->hw_type == 772);
    CHECK(packet->mark == 7);
    CHECK(packet->indev == if_nametoindex("lo"));
    CHECK(packet->outdev == 0 && packet->physindev == 0 && packet->physoutdev == 0);
    CHECK(packet->uid == 0 && packet->gid == 0);
    CHECK(packet->seq == 0 && packet->ct_info == 0);
    CHECK(strcmp(packet->prefix, "old") == 0);
    CHECK(packet->hw_header != NULL && packet->hw_header_length == 14);
    CHECK(packet->l2_header == NULL && packet->l2_header_length == 0);
    CHECK(packet->ct == NULL && packet->ct_length == 0);
    CHECK(packet->message != NULL && packet->message_length > packet->payload_length);
    CHECK(packet->hw_address_length <= 8);
    CHECK(packet->vlan_tci == 0 && packet->vlan_protocol == 0);

    nflogcap_packet *clone = nflogcap_packet_clone(packet);
    CHECK(clone != NULL && strcmp(clone->prefix, "old") == 0);
    nflogcap_packet_free(clone);
    const uint16_t nfula_payload = 9;
    size_t length = 0;
    CHECK(nflogcap_packet_attribute(packet, nfula_payload, &length) == packet->payload);
    CHECK(length == packet->payload_length);
    CHECK(nflogcap_packet_frame(packet, NULL, 0) == 14 + (int)packet->payload_length);
}

static void check_stats(const nflogcap_stats *stats, int of_handle)
{
    CHECK(stats->received == 1 && stats->delivered == 1 && stats->filtered == 0);
    CHECK(stats->lost == 0 && stats->dropped_batches == 0);
    CHECK(stats->truncated == 0 && stats->malformed == 0);
    CHECK(stats->batches == 1 && stats->bytes > sizeof text);
    CHECK(stats->socket_buffer >= (of_handle ? 65536 : 0));
    CHECK(stats->delivery == (of_handle ? NFLOGCAP_IMMEDIATE : NFLOGCAP_BATCHED));
}

static void check_setting_up(nflogcap *capture)
{
    CHECK(nflogcap_add_group(capture, 5) == 0);
    CHECK(nflogcap_set_snaplen(capture, 1000) == 0);
    CHECK(nflogcap_set_delivery(capture, NFLOGCAP_IMMEDIATE) == 0);
    CHECK(nflogcap_set_queue_threshold(capture, 1) == 0);
    CHECK(nflogcap_set_flush_timeout(capture, 10) == 0);
    CHECK(nflogcap_set_batch_size(capture, 4096) == 0);
    CHECK(nflogcap_set_socket_buffer(capture, 65536) == 0);
    CHECK(nflogcap_set_conntrack(capture, 0) == 0);
    CHECK(nflogcap_set_netns(capture, NULL) == 0);
    CHECK(nflogcap_add_group(capture, 5) == -EEXIST);
    CHECK(strstr(nflogcap_error(capture), "group 5") != NULL);
}

int main(void)
{
    CHECK(nflogcap_version_number() >= 0x010000);
    CHECK(nflogcap_version()[0] == '1');
    CHECK(nflogcap_strerror(-ENODATA) != NULL);

    nflogcap *capture = NULL;
    if (nflogcap_new(&capture) < 0)
        return 1;
    check_setting_up(capture);
    CHECK(nflogcap_start(capture) == 0);
    CHECK(nflogcap_fd(capture) >= 0);
    send_datagram(7005);

    const nflogcap_packet *packets[2];
    CHECK(nflogcap_next(capture, packets, 2000) == 1);
    if (failures > 0)
        return 1;
    check_packet(packets[0]);
    nflogcap_stats stats;
    CHECK(nflogcap_get_stats(capture, &stats, sizeof stats) == 0);
    check_stats(&stats, 1);
    CHECK(nflogcap_get_group_stats(capture, 5, &stats, sizeof stats) == 0);
    check_stats(&stats, 0);
    CHECK(nflogcap_wakeup(capture) == 0);
    CHECK(nflogcap_next(capture, packets, 0) == -ECANCELED);
    CHECK(nflogcap_stop(capture) == 0);
    CHECK(nflogcap_next_batch(capture, packets, LENGTH(packets), -1) == -ENODATA);
    nflogcap_close(capture);

    const uint16_t group = 6;
    char error[NFLOGCAP_ERROR_SIZE];
    CHECK(nflogcap_open(&capture, &group, 1, error, sizeof error) == 0);
    nflogcap_close(capture);
    return failures > 0;
}
