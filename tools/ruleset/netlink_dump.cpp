// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink_dump.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <cerrno>
#include <cstring>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace command {

namespace {

constexpr std::size_t max_datagram = 65536; // bytes; twice the size of the kernel's datagrams

// Returns the result of a dump: 0 or an errno.
int status_of(const nlmsghdr& end)
{
    int status = 0; // the kernel's result: 0 or a negative errno
    if (mnl_nlmsg_get_payload_len(&end) >= sizeof status)
        std::memcpy(&status, mnl_nlmsg_get_payload(&end), sizeof status);
    return -status;
}

[[noreturn]] void fail(int error)
{
    throw Failure(std::string("cannot open a netfilter netlink socket: ") + std::strerror(error) +
                  advice_on(error));
}

} // namespace

NetlinkDump::NetlinkDump()
    : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)), buffer_(max_datagram)
{
    // The socket is connected to the kernel, so that no other process can send to it.
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (fd_.get() < 0 ||
        connect(fd_.get(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        fail(errno);
}

int NetlinkDump::run(const nlmsghdr& request, const std::function<void(const nlmsghdr&)>& show)
{
    if (send(fd_.get(), &request, request.nlmsg_len, 0) < 0)
        return errno;
    for (;;) {
        const ssize_t received = recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
        if (received < 0 && errno != EINTR)
            return errno;
        if (received > static_cast<ssize_t>(buffer_.size()))
            return EMSGSIZE;
        int left = static_cast<int>(received);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
                return EINTR;
            if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
                return status_of(*message);
            show(*message);
        }
    }
}

} // namespace command
