// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"
#include "netlink_socket.hpp"

#include <cstddef>
#include <cstdint>
#include <linux/netlink.h>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

// Receives batches from the kernel without parsing them.
namespace kernel_batches {

using Batches = std::vector<std::vector<std::byte>>;

// Binds groups in the thread's network namespace, and receives their batches.
class Reader {
public:
    Reader(std::vector<std::uint16_t> groups, const nflog::GroupSettings& settings)
        : socket_(socket_buffer), groups_(std::move(groups))
    {
        for (const std::uint16_t group : groups_)
            send(nflog::ConfigMessage::bind(group, settings, 1));
    }

    // Unbinds the groups, and returns all their batches.
    Batches take()
    {
        Batches batches;
        collect(batches);
        for (const std::uint16_t group : groups_)
            send(nflog::ConfigMessage::unbind(group, 2));
        collect(batches);
        return batches;
    }

private:
    static constexpr std::uint32_t socket_buffer = 4 * 1024 * 1024;

    void send(const nflog::ConfigMessage& message)
    {
        if (socket_.send(message.header()) != 0)
            throw std::runtime_error("a group cannot be bound or unbound");
    }

    // Receives what the kernel sends until nothing more arrives.
    void collect(Batches& batches)
    {
        constexpr int silence_ms = 100;
        std::vector<std::byte> room(std::size_t{512} * 1024);
        pollfd watched = {socket_.fd(), POLLIN, 0};
        while (poll(&watched, 1, silence_ms) == 1) {
            const nflog::NetlinkSocket::Datagram datagram = socket_.receive(room);
            if (datagram.error != 0 || datagram.truncated)
                throw std::runtime_error("the kernel's batch cannot be read");
            if (is_packets(datagram.bytes))
                batches.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
        }
    }

    static bool is_packets(std::span<const std::byte> datagram)
    {
        return reinterpret_cast<const nlmsghdr*>(datagram.data())->nlmsg_type != NLMSG_ERROR;
    }

    nflog::NetlinkSocket socket_;
    std::vector<std::uint16_t> groups_;
};

} // namespace kernel_batches
