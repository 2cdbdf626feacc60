// SPDX-License-Identifier: GPL-2.0-or-later
// Records one batch of 500 packets, as the kernel sends them, to a file: bench_record FILE. It
// holds them in this machine's byte order.
#include "group_config.hpp"
#include "netlink_socket.hpp"

#include "network.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <linux/netlink.h>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;
constexpr std::uint32_t packets = 500;
constexpr std::size_t payload = 64;
constexpr std::uint32_t socket_buffer = 4 * 1024 * 1024;

constexpr nflog::GroupSettings settings = {
    .snaplen = 65531,
    .queue_threshold = packets, // the batch is sent when it holds so many
    .flush_timeout_ms = 60'000,
    .batch_size = 131'072,
    .conntrack = false,
};

std::span<const std::byte> receive(nflog::NetlinkSocket& socket, std::span<std::byte> room)
{
    constexpr int patience_ms = 1000;
    pollfd watched = {socket.fd(), POLLIN, 0};
    if (poll(&watched, 1, patience_ms) != 1)
        throw std::runtime_error("the kernel sends nothing");
    const nflog::NetlinkSocket::Datagram datagram = socket.receive(room);
    if (datagram.error != 0 || datagram.truncated)
        throw std::runtime_error("the kernel's message cannot be read");
    return datagram.bytes;
}

void record(const std::string& path)
{
    const support::Namespace here;
    support::nft(support::log_udp(port, "prefix \"bench: \" group 5"));
    nflog::NetlinkSocket socket(socket_buffer);
    const auto bind = nflog::ConfigMessage::bind(group, settings, 1);
    if (socket.send(bind.header()) != 0)
        throw std::runtime_error("the group cannot be bound");
    std::vector<std::byte> room(std::size_t{512} * 1024);
    receive(socket, room); // the answer
    support::Sender(port).send(packets, payload);
    const std::span<const std::byte> batch = receive(socket, room);

    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(batch.data()),
               static_cast<std::streamsize>(batch.size()));
    if (!file.flush())
        throw std::runtime_error("cannot write " + path);
    std::printf("%zu bytes\n", batch.size());
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_record FILE\n");
        return 2;
    }
    try {
        support::require_live();
        record(argv[1]);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_record: %s\n", failure.what());
        return 1;
    }
    return 0;
}
