// SPDX-License-Identifier: GPL-2.0-or-later
// Sends UDP datagrams to the loopback interface, for tests in languages that have no sockets:
//   send_udp PORT HEX...      HEX is the payload of a datagram in hexadecimal; "-" is an empty
//   payload send_udp PORT --count N   sends N datagrams of 64 bytes; the first 8 bytes are the
//   number, counted from 0
#include "network.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

std::size_t number_in(std::string_view text)
{
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::invalid_argument(std::string(text) + " is no number");
    return number;
}

std::vector<char> bytes_in(std::string_view hex)
{
    std::vector<char> bytes;
    if (hex == "-")
        return bytes;
    for (; hex.size() >= 2; hex.remove_prefix(2)) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
        if (error != std::errc{} || end != hex.data() + 2)
            break;
        bytes.push_back(static_cast<char>(byte));
    }
    if (!hex.empty())
        throw std::invalid_argument(std::string(hex) + " is not hexadecimal");
    return bytes;
}

void send(std::uint16_t port, const std::vector<std::string_view>& payloads)
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        throw std::runtime_error("cannot open a UDP socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (const std::string_view payload : payloads) {
        const std::vector<char> bytes = bytes_in(payload);
        if (sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&address),
                   sizeof address) < 0)
            throw std::runtime_error("cannot send to UDP port " + std::to_string(port));
    }
    close(fd);
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2) {
        std::fprintf(stderr, "usage: send_udp PORT HEX... | send_udp PORT --count N\n");
        return 2;
    }
    try {
        const auto port = static_cast<std::uint16_t>(number_in(arguments[0]));
        if (arguments[1] == "--count")
            support::Sender(port).send(number_in(arguments.at(2)), 64);
        else
            send(port, {arguments.begin() + 1, arguments.end()});
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "send_udp: %s\n", failure.what());
        return 1;
    }
    return 0;
}
