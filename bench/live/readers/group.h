/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binds a group without nflogcap, with the settings that nflogcap uses by default. */
#ifndef BENCH_LIVE_GROUP_H
#define BENCH_LIVE_GROUP_H

#include <stdint.h>

enum {
    group_threshold = 65535, /* packets */
    group_batch = 131072,    /* bytes: the kernel's nlbufsiz */
    group_socket_buffer = 32 * 1024 * 1024,
    group_receive_buffer = 512 * 1024, /* a batch can be twice its nlbufsiz */
};

/* Sets the size of the socket's buffer. Also makes an overrun drop no more messages than necessary.
 */
void group_set_socket(int fd);

/* Opens a blocking netlink socket, and binds the group. `timeout` is in units of 10 ms. Ends the
 * program if that fails. */
int group_open(uint16_t group, uint32_t timeout);

#endif
