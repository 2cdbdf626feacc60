/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "group.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void fail(const char* what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

void group_set_socket(int fd)
{
    const int bytes = group_socket_buffer;
    const int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0)
        fail("cannot set the socket's buffer");
    if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes) < 0)
        fail("cannot set NETLINK_NO_ENOBUFS");
}

static struct nlmsghdr* put_binding(void* room, uint16_t group, uint32_t timeout)
{
    const struct nfulnl_msg_config_cmd bind = {NFULNL_CFG_CMD_BIND};
    const struct nfulnl_msg_config_mode mode = {htonl(65531), NFULNL_COPY_PACKET, 0};
    struct nlmsghdr* message = mnl_nlmsg_put_header(room);
    message->nlmsg_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    struct nfgenmsg* about = mnl_nlmsg_put_extra_header(message, sizeof *about);
    about->nfgen_family = AF_UNSPEC;
    about->version = NFNETLINK_V0;
    about->res_id = htons(group);
    mnl_attr_put(message, NFULA_CFG_CMD, sizeof bind, &bind);
    mnl_attr_put(message, NFULA_CFG_MODE, sizeof mode, &mode);
    mnl_attr_put_u32(message, NFULA_CFG_NLBUFSIZ, htonl(group_batch));
    mnl_attr_put_u32(message, NFULA_CFG_TIMEOUT, htonl(timeout));
    mnl_attr_put_u32(message, NFULA_CFG_QTHRESH, htonl(group_threshold));
    mnl_attr_put_u16(message, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
    return message;
}

int group_open(uint16_t group, uint32_t timeout)
{
    char room[1024];
    struct mnl_socket* socket = mnl_socket_open(NETLINK_NETFILTER);
    if (socket == NULL || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
        fail("cannot open a netlink socket");
    group_set_socket(mnl_socket_get_fd(socket));
    const struct nlmsghdr* binding = put_binding(room, group, timeout);
    if (mnl_socket_sendto(socket, binding, binding->nlmsg_len) < 0)
        fail("cannot send to the kernel");
    /* No packet is logged to the group yet. Therefore the next message is the answer. */
    const ssize_t length = mnl_socket_recvfrom(socket, room, sizeof room);
    if (length < 0 ||
        mnl_cb_run(room, (size_t)length, 0, mnl_socket_get_portid(socket), NULL, NULL) < 0)
        fail("cannot bind the group");
    return mnl_socket_get_fd(socket);
}
