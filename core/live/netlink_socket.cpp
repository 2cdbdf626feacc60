// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink_socket.hpp"

#include "error.hpp"
#include "kernel_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <tuple>

namespace nflog {

void NetlinkSocket::Close::operator()(mnl_socket* socket) const noexcept
{
    mnl_socket_close(socket);
}

NetlinkSocket::NetlinkSocket(std::uint32_t buffer_bytes)
    : socket_(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK))
{
    if (!socket_) {
        if (errno == EPROTONOSUPPORT)
            throw Error(EOPNOTSUPP, "cannot open a netfilter netlink socket: this kernel has no "
                                    "nfnetlink (CONFIG_NETFILTER_NETLINK)");
        throw system_failure("cannot open a netfilter netlink socket", errno);
    }
    set_buffer(buffer_bytes);
    // Without this option, a kernel that had no room for a batch drops all later batches too, until
    // the queue has been read to its end. Measured with a slow reader: it received 486,000 of
    // 600,000 packets, with two or three long gaps. With the option, it received 503,000, with many
    // short gaps.
    const int yes = 1;
    if (setsockopt(fd(), SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes) < 0)
        throw system_failure("cannot set NETLINK_NO_ENOBUFS on the netlink socket", errno);
    connect_to_kernel(fd());
}

NetlinkSocket::NetlinkSocket(FileDescriptor socket) : socket_(mnl_socket_fdopen(socket.get()))
{
    if (!socket_)
        throw system_failure("cannot use the netlink socket of another process", errno);
    static_cast<void>(socket.release());
}

void NetlinkSocket::set_buffer(std::uint32_t bytes) const
{
    // SO_RCVBUFFORCE can exceed net.core.rmem_max. It requires CAP_NET_ADMIN in the initial user
    // namespace.
    const int size = static_cast<int>(bytes);
    if (setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0 &&
        setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size) < 0)
        throw system_failure(
            "cannot set the netlink socket's buffer to " + std::to_string(size) + " bytes", errno);
}

NetlinkSocket::Datagram NetlinkSocket::receive(std::span<std::byte> buffer) const noexcept
{
    // MSG_TRUNC makes the kernel return the datagram's whole length.
    const ssize_t length =
        recvfrom(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC, nullptr, nullptr);
    if (length < 0)
        return {{}, errno, false};
    const auto whole = static_cast<std::size_t>(length);
    const bool truncated = whole > buffer.size();
    return {buffer.first(truncated ? buffer.size() : whole), 0, truncated};
}

int NetlinkSocket::send(const nlmsghdr& message) const noexcept
{
    return mnl_socket_sendto(socket_.get(), &message, message.nlmsg_len) < 0 ? errno : 0;
}

void NetlinkSocket::seal() const noexcept
{
    // This fails only if there is no memory. In this case more packets arrive than necessary.
    accept_nothing(fd());
}

int NetlinkSocket::fd() const noexcept
{
    return mnl_socket_get_fd(socket_.get());
}

std::uint32_t NetlinkSocket::buffer_granted() const noexcept
{
    int bytes = 0;
    socklen_t length = sizeof bytes;
    getsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &bytes, &length);
    return static_cast<std::uint32_t>(bytes);
}

bool NetlinkSocket::interface_name(std::uint32_t index, InterfaceName& name) const noexcept
{
    static_assert(std::tuple_size_v<InterfaceName> == IFNAMSIZ);
    ifreq request{};
    request.ifr_ifindex = static_cast<int>(index);
    if (ioctl(fd(), SIOCGIFNAME, &request) < 0)
        return false;
    std::copy_n(static_cast<const char*>(request.ifr_name), name.size(), name.begin());
    return true;
}

std::optional<SocketQueue> NetlinkSocket::queue() const noexcept
{
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t length = sizeof memory;
    if (getsockopt(fd(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) < 0)
        return std::nullopt;
    return SocketQueue{memory[SK_MEMINFO_RMEM_ALLOC], memory[SK_MEMINFO_DROPS]};
}

} // namespace nflog
