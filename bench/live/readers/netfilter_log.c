/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnetfilter_log: netfilter_log defaults|tuned [ages]. "defaults" uses its own settings, which
 * are the kernel's; "tuned" uses those of nflogcap. */
#include "group.h"
#include "reader.h"

#include <errno.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static char buffer[group_receive_buffer];
static uint64_t received;
static uint64_t sum; /* used so that the compiler does not skip fields */

static void end(int signal_number)
{
    (void)signal_number; /* the signal makes recv() fail with EINTR */
}

/* Reads the same fields as the loop of nflogcap. */
static int take(struct nflog_g_handle* group, struct nfgenmsg* message, struct nflog_data* packet,
                void* with_ages)
{
    struct timeval time = {0, 0};
    char* payload = NULL;
    const int length = nflog_get_payload(packet, &payload);
    const char* prefix = nflog_get_prefix(packet);
    (void)group;
    (void)message;
    if (nflog_get_timestamp(packet, &time) == 0)
        sum += (uint64_t)time.tv_usec;
    sum += (uint64_t)length + nflog_get_nfmark(packet) + (uintptr_t)prefix;
    ++received;
    if (with_ages != NULL)
        reader_took((const uint8_t*)payload);
    return 0;
}

static int tune(struct nflog_handle* handle, struct nflog_g_handle* group)
{
    group_set_socket(nflog_fd(handle));
    return nflog_set_nlbufsiz(group, group_batch) < 0 || nflog_set_timeout(group, 1) < 0 ||
           nflog_set_qthresh(group, group_threshold) < 0 ||
           nflog_set_flags(group, NFULNL_CFG_F_SEQ) < 0;
}

int main(int argc, char** argv)
{
    if (argc < 2)
        return fprintf(stderr, "usage: netfilter_log defaults|tuned [ages]\n"), 2;
    struct nflog_handle* handle = nflog_open();
    struct nflog_g_handle* group = handle ? nflog_bind_group(handle, reader_group) : NULL;
    if (group == NULL || nflog_set_mode(group, NFULNL_COPY_PACKET, 65531) < 0 ||
        (strcmp(argv[1], "tuned") == 0 && tune(handle, group)))
        return perror("cannot bind the group"), 1;
    nflog_callback_register(group, take, argc == 3 ? handle : NULL);
    reader_ready(end);
    for (;;) {
        const ssize_t length = recv(nflog_fd(handle), buffer, sizeof buffer, 0);
        if (length >= 0)
            nflog_handle_packet(handle, buffer,
                                (int)length); /* returns -1 for every batch, without an error */
        else if (errno != ENOBUFS)
            break;
    }
    if (errno != EINTR)
        return perror("recv"), 1;
    reader_report(received, -1);
    nflog_unbind_group(group);
    nflog_close(handle);
    return sum == 1; /* the sum is never 1 */
}
