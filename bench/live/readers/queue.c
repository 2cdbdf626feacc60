/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue: reads with libnetfilter_queue (NFQUEUE). It receives whole packets and accepts them
 * immediately. One verdict for all packets of a read is the cheapest way that the kernel offers. */
#include "group.h"
#include "reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { longest_queue = 65535, whole = 65535 };

static char buffer[group_receive_buffer];
static uint64_t received;
static uint64_t sum; /* used so that the compiler does not skip fields */
static uint32_t last_id;

static void end(int signal_number)
{
    (void)signal_number; /* the signal makes recv() fail with EINTR */
}

static int take(struct nfq_q_handle* queue, struct nfgenmsg* about, struct nfq_data* packet,
                void* data)
{
    unsigned char* payload = NULL;
    struct timeval time = {0, 0};
    (void)queue;
    (void)about;
    (void)data;
    last_id = ntohl(nfq_get_msg_packet_hdr(packet)->packet_id);
    nfq_get_timestamp(packet, &time);
    sum += (uint64_t)nfq_get_payload(packet, &payload) + nfq_get_nfmark(packet);
    sum += (uint64_t)time.tv_usec;
    ++received;
    return 0;
}

int main(void)
{
    struct nfq_handle* library = nfq_open();
    struct nfq_q_handle* queue =
        library == NULL ? NULL : nfq_create_queue(library, reader_group, take, NULL);
    if (queue == NULL || nfq_set_mode(queue, NFQNL_COPY_PACKET, whole) < 0 ||
        nfq_set_queue_maxlen(queue, longest_queue) < 0)
        return perror("cannot bind the queue"), 1;
    const int fd = nfq_fd(library);
    group_set_socket(fd);
    reader_ready(end);
    for (;;) {
        ssize_t length = recv(fd, buffer, sizeof buffer, 0);
        if (length < 0)
            break;
        /* Each message contains one packet. Further packets that have already arrived get the same
         * verdict. */
        do {
            nfq_handle_packet(library, buffer, (int)length);
            length = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        } while (length >= 0);
        if (nfq_set_verdict_batch(queue, last_id, NF_ACCEPT) < 0)
            return perror("cannot send a verdict"), 1;
    }
    if (errno != EINTR)
        return perror("recv"), 1;
    reader_report(received, -1);
    nfq_destroy_queue(queue);
    nfq_close(library);
    return sum == 1; /* the sum is never 1 */
}
