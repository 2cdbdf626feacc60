/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A group bound as nflogcap binds it by default, without nflogcap. */
#ifndef BENCH_LIVE_GROUP_H
#define BENCH_LIVE_GROUP_H

#include <stdint.h>

enum {
    group_threshold = 65535, /* packets */
    group_batch = 131072,    /* bytes: the kernel's nlbufsiz */
    group_socket_buffer = 32 * 1024 * 1024,
    group_receive_buffer = 512 * 1024, /* a batch can be twice its nlbufsiz */
};

/* The socket's buffer, and that an overrun refuses no more than it has to. */
void group_set_socket(int fd);

/* A blocking netlink socket with the group bound, `timeout` in units of 10 ms; ends the program
 * where it cannot be had. */
int group_open(uint16_t group, uint32_t timeout);

#endif
