/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit with which readers are compared: bare TIMEOUT [walk|ages]. It only calls recv(), so it
 * does the work in the kernel that no reader can avoid. TIMEOUT is that of the group, in units of
 * 10 ms. With "walk" it visits each attribute but reads none. Only with "ages" it reads attributes.
 */
#include "group.h"
#include "reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static char buffer[group_receive_buffer];
static uint32_t last_number;

static void end(int signal_number)
{
    (void)signal_number; /* the signal makes recv() fail with EINTR */
}

/* Returns the number of packets in the received bytes. In a run, all messages with packets have the
 * same length, because all packets have. The message that ends a batch is shorter. */
static uint64_t packets_in(ssize_t length)
{
    const struct nlmsghdr* first = (const struct nlmsghdr*)(const void*)buffer;
    return (uint64_t)length / NLMSG_ALIGN(first->nlmsg_len);
}

static int take_number(const struct nlattr* attribute, void* with_ages)
{
    if (mnl_attr_get_type(attribute) == NFULA_SEQ)
        last_number = ntohl(mnl_attr_get_u32(attribute));
    if (mnl_attr_get_type(attribute) == NFULA_PAYLOAD && with_ages != NULL)
        reader_took(mnl_attr_get_payload(attribute));
    return MNL_CB_OK;
}

static void look_at_each(ssize_t length, void* with_ages)
{
    int left = (int)length;
    const struct nlmsghdr* message = (const struct nlmsghdr*)(const void*)buffer;
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        if (message->nlmsg_type != NLMSG_DONE)
            mnl_attr_parse(message, sizeof(struct nfgenmsg), take_number, with_ages);
    }
}

/* Visits the attributes. It counts them only so that the compiler does not remove the loop. */
static uint64_t walk(ssize_t length)
{
    const size_t mask = NLMSG_ALIGNTO - 1; /* attributes have the same alignment */
    const char* end = buffer + length;
    const struct nlmsghdr* message = NULL;
    uint64_t attributes = 0;
    for (const char* at = buffer; end - at >= NLMSG_HDRLEN;
         at += (message->nlmsg_len + mask) & ~mask) {
        message = (const struct nlmsghdr*)(const void*)at;
        if (message->nlmsg_len < NLMSG_HDRLEN || message->nlmsg_type == NLMSG_DONE)
            break;
        const char* last = at + message->nlmsg_len;
        const struct nlattr* attribute = NULL;
        for (const char* in = at + NLMSG_HDRLEN + sizeof(struct nfgenmsg);
             last - in >= (ptrdiff_t)sizeof(struct nlattr);
             in += (attribute->nla_len + mask) & ~mask) {
            attribute = (const struct nlattr*)(const void*)in;
            if (attribute->nla_len < sizeof(struct nlattr))
                break;
            ++attributes;
        }
    }
    return attributes;
}

int main(int argc, char** argv)
{
    if (argc < 2)
        return fprintf(stderr, "usage: bare TIMEOUT [walk|ages]\n"), 2;
    const int fd = group_open(reader_group, (uint32_t)strtoul(argv[1], NULL, 10));
    const int with_ages = argc == 3 && strcmp(argv[2], "ages") == 0;
    const int with_walk = argc == 3 && strcmp(argv[2], "walk") == 0;
    uint64_t received = 0;
    uint64_t attributes = 0;
    ssize_t last = 0;
    reader_ready(end);
    for (;;) {
        const ssize_t length = recv(fd, buffer, sizeof buffer, 0);
        if (length < 0)
            break;
        last = length;
        received += packets_in(length);
        if (with_walk)
            attributes += walk(length);
        if (with_ages)
            look_at_each(length, &last);
    }
    if (errno != EINTR)
        return perror("recv"), 1;
    look_at_each(last, NULL); /* packet numbers start at 0 */
    reader_report(received, received == 0 ? 0 : (int64_t)(last_number + UINT64_C(1) - received));
    return attributes == 1; /* the count is never 1 */
}
