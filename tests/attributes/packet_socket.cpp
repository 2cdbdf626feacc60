// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_socket.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace attributes {

namespace {

[[noreturn]] void fail(const std::string& what)
{
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

} // namespace

PacketSocket::PacketSocket(const std::string& device)
    : fd_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
{
    if (fd_ < 0)
        fail("a packet socket");
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(if_nametoindex(device.c_str()));
    const int on = 1;
    if (setsockopt(fd_, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) < 0 ||
        bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        close(fd_);
        fail("a packet socket on " + device);
    }
}

PacketSocket::~PacketSocket()
{
    close(fd_);
}

void PacketSocket::send(const Bytes& frame) const
{
    if (::send(fd_, frame.data(), frame.size(), 0) != static_cast<ssize_t>(frame.size()))
        fail("sending a frame");
}

std::vector<Bytes> PacketSocket::frames() const
{
    constexpr std::size_t most = 65536;
    std::vector<Bytes> seen;
    for (;;) {
        Bytes frame(most);
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(tpacket_auxdata))];
        iovec piece{frame.data(), frame.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t length = recvmsg(fd_, &message, 0);
        if (length < 0 && errno == EAGAIN)
            return seen;
        if (length < 0)
            fail("receiving a frame");
        frame.resize(static_cast<std::size_t>(length));
        const cmsghdr* extra = CMSG_FIRSTHDR(&message);
        if (extra == nullptr)
            throw std::runtime_error("a packet socket without its auxiliary data");
        tpacket_auxdata beside{};
        std::memcpy(&beside, CMSG_DATA(extra), sizeof beside);
        if ((beside.tp_status & TP_STATUS_VLAN_VALID) != 0)
            frame = tagged(frame, {beside.tp_vlan_tpid, beside.tp_vlan_tci});
        seen.push_back(std::move(frame));
    }
}

} // namespace attributes
