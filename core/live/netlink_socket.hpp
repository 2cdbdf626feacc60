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
    // Opens the socket in the calling thread's network namespace and requests a receive buffer of
    // that size.
    explicit NetlinkSocket(std::uint32_t buffer_bytes);

    // Uses a socket that another process opened in this way. The destructor closes the descriptor.
    explicit NetlinkSocket(FileDescriptor socket);

    // Throws Error if the system refuses.
    void set_buffer(std::uint32_t bytes) const;

    struct Datagram {
        std::span<const std::byte> bytes; // the part that fitted into the buffer
        int error;                        // 0, or the errno: EAGAIN if nothing is queued
        bool truncated;                   // the datagram was longer than the buffer
    };
    // Takes the next datagram. Only the kernel can send one.
    [[nodiscard]] Datagram receive(std::span<std::byte> buffer) const noexcept;

    // Returns 0 or an errno. Before this returns, the kernel has acted on the message and queued
    // its reply.
    [[nodiscard]] int send(const nlmsghdr& message) const noexcept;

    // Stops all messages to the socket; those in its queue remain.
    void seal() const noexcept;

    [[nodiscard]] int fd() const noexcept;
    [[nodiscard]] std::uint32_t buffer_granted() const noexcept;

    // Gets the name of an interface in the socket's network namespace. Returns false if no such
    // interface exists.
    [[nodiscard]] bool interface_name(std::uint32_t index, InterfaceName& name) const noexcept;

    // Absent if the system does not provide it.
    [[nodiscard]] std::optional<SocketQueue> queue() const noexcept;

private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept;
    };
    std::unique_ptr<mnl_socket, Close> socket_;
};

} // namespace nflog
