/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library believes only the kernel. Preloaded into a reader, this makes it take the replayed
 * batches of bench_replay for the kernel's: no port has sent them. */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The type of `sender` is glibc's own, of which the plain pointer is one member. */
ssize_t recvfrom(int fd, void* restrict buffer, size_t size, int flags, __SOCKADDR_ARG sender,
                 socklen_t* restrict sender_length)
{
    struct sockaddr* address = sender.__sockaddr__;
    const ssize_t got = syscall(SYS_recvfrom, fd, buffer, size, flags, address, sender_length);
    if (got >= 0 && address != NULL && address->sa_family == AF_NETLINK)
        ((struct sockaddr_nl*)(void*)address)->nl_pid = 0;
    return got;
}
