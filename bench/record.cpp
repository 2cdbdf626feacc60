// SPDX-License-Identifier: GPL-2.0-or-later
// bench_record FILE records one batch of 500 packets, as the kernel sends them, to a file. The file
// has this machine's byte order.
#include "kernel_batches.hpp"

#include "network.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;
constexpr std::uint32_t packets = 500;
constexpr std::size_t payload = 64;

constexpr nflog::GroupSettings settings = {
    .snaplen = 65531,
    .queue_threshold = packets, // the kernel sends the batch when it has this number of packets
    .flush_timeout_ms = 60'000,
    .batch_size = 131'072,
    .conntrack = false,
};

void record(const std::string& path)
{
    const support::Namespace here;
    support::nft(support::log_udp(port, "prefix \"bench: \" group 5"));
    kernel_batches::Reader reader({group}, settings);
    support::Sender(port).send(packets, payload);
    const kernel_batches::Batches batches = reader.take();
    if (batches.size() != 1)
        throw std::runtime_error("the kernel sent " + std::to_string(batches.size()) + " batches");

    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(batches.front().data()),
               static_cast<std::streamsize>(batches.front().size()));
    if (!file.flush())
        throw std::runtime_error("cannot write " + path);
    std::printf("%zu bytes\n", batches.front().size());
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
