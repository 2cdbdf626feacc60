// SPDX-License-Identifier: GPL-2.0-or-later
// bench_replay BATCH PACKETS sends a recorded batch of the kernel again and again to the netlink
// socket that owns group 5 in this network namespace. It waits while the reader's buffer is full,
// so that no packet is lost. The packets of a batch get the numbers after those of the previous
// batch.
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace {

constexpr unsigned group = 5;

std::vector<char> read_batch(const char* path)
{
    std::ifstream file(path, std::ios::binary);
    std::vector<char> batch{std::istreambuf_iterator<char>(file), {}};
    if (batch.empty())
        throw std::runtime_error(std::string("cannot read ") + path);
    return batch;
}

// Returns the positions of the packets' numbers in the batch. The numbers are in network byte
// order.
std::vector<std::uint32_t*> numbers_in(std::vector<char>& batch)
{
    std::vector<std::uint32_t*> numbers;
    int left = static_cast<int>(batch.size());
    auto* message = reinterpret_cast<nlmsghdr*>(batch.data());
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        if (message->nlmsg_type == NLMSG_DONE)
            continue;
        const auto collect = [](const nlattr* attribute, void* found) {
            if (mnl_attr_get_type(attribute) == NFULA_SEQ)
                static_cast<std::vector<std::uint32_t*>*>(found)->push_back(
                    static_cast<std::uint32_t*>(mnl_attr_get_payload(attribute)));
            return MNL_CB_OK;
        };
        mnl_attr_parse(message, sizeof(nfgenmsg), collect, &numbers);
    }
    return numbers;
}

// Waits until a socket owns the group, and returns its port.
std::uint32_t await_owner()
{
    using namespace std::chrono_literals;
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < end) {
        std::ifstream table("/proc/self/net/netfilter/nfnetlink_log");
        unsigned bound = 0;
        std::uint32_t port = 0;
        std::string rest;
        while (table >> bound >> port && std::getline(table, rest)) {
            if (bound == group)
                return port;
        }
        std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error("no socket has bound group 5");
}

void replay(const char* path, std::size_t packets)
{
    std::vector<char> batch = read_batch(path);
    const std::vector<std::uint32_t*> numbers = numbers_in(batch);
    if (numbers.empty() || packets % numbers.size() != 0)
        throw std::runtime_error("PACKETS must be a multiple of the batch, " +
                                 std::to_string(numbers.size()));

    const std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> socket(
        mnl_socket_open(NETLINK_NETFILTER), mnl_socket_close);
    const int room = 4 * 1024 * 1024;
    sockaddr_nl reader{};
    reader.nl_family = AF_NETLINK;
    reader.nl_pid = await_owner();
    if (!socket || setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_SNDBUFFORCE, &room,
                              sizeof room) < 0)
        throw std::runtime_error("cannot set up a netlink socket");
    std::uint32_t next = 0;
    for (std::size_t sent = 0; sent < packets; sent += numbers.size()) {
        for (std::uint32_t* number : numbers)
            *number = htonl(next++);
        if (sendto(mnl_socket_get_fd(socket.get()), batch.data(), batch.size(), 0,
                   reinterpret_cast<const sockaddr*>(&reader), sizeof reader) < 0)
            throw std::runtime_error(std::string("cannot send: ") + std::strerror(errno));
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_replay BATCH PACKETS\n");
        return 2;
    }
    try {
        replay(argv[1], std::stoul(argv[2]));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_replay: %s\n", failure.what());
        return 1;
    }
    return 0;
}
