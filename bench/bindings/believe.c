/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a program's library accept the batches of bench_replay, when preloaded into the program.
 * The library accepts only messages from the kernel. Therefore this leaves the program's socket
 * unconnected, and reports the kernel's port, 0, as the sender. */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc declares the type of `sender` as a union. The plain pointer is one of its members. */
ssize_t recvfrom(int fd, void* restrict buffer, size_t size, int flags, __SOCKADDR_ARG sender,
                 socklen_t* restrict sender_length)
{
    struct sockaddr* address = sender.__sockaddr__;
    const ssize_t got = syscall(SYS_recvfrom, fd, buffer, size, flags, address, sender_length);
    if (got >= 0 && address != NULL && address->sa_family == AF_NETLINK)
        ((struct sockaddr_nl*)(void*)address)->nl_pid = 0;
    return got;
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t length)
{
    const struct sockaddr* address = to.__sockaddr__;
    if (address->sa_family == AF_NETLINK)
        return 0;
    return (int)syscall(SYS_connect, fd, address, length);
}
