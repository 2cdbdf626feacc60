// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct mnl_socket;
struct nlmsghdr;

namespace nflog {

// A non-blocking netlink socket to the kernel's netfilter subsystem.
class NetlinkSocket {
public:
    // Opens it in the calling thread's network namespace and asks for that many bytes of buffer.
    explicit NetlinkSocket(std::uint32_t buffer_bytes);

    // One that another process opened so. It closes the descriptor.
    explicit NetlinkSocket(FileDescriptor socket);

    // Throws Error if the system refuses.
    void set_buffer(std::uint32_t bytes) const;

    struct Datagram {
        std::span<const std::byte> bytes; // what fitted into the buffer
        int error;                        // 0, or the errno: EAGAIN where nothing is queued
        bool truncated;                   // the datagram was longer than the buffer
    };
    // Takes the next datagram. Only the kernel can send one.
    [[nodiscard]] Datagram receive(std::span<std::byte> buffer) const noexcept;

    // 0 or an errno. The kernel acts on the message, and queues its reply, before this returns.
    [[nodiscard]] int send(const nlmsghdr& message) const noexcept;

    // Lets nothing more in; what is queued stays.
    void seal() const noexcept;

    [[nodiscard]] int fd() const noexcept;
    [[nodiscard]] std::uint32_t buffer_granted() const noexcept;

    // Of the interface of that index in the socket's network namespace; false: there is none.
    [[nodiscard]] bool interface_name(std::uint32_t index, InterfaceName& name) const noexcept;

    // Absent if the system does not say.
    [[nodiscard]] std::optional<SocketQueue> queue() const noexcept;

private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept;
    };
    std::unique_ptr<mnl_socket, Close> socket_;
};

} // namespace nflog
