// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// The real kernel, in network namespaces that a test creates: rules and traffic stay in them.
namespace support {

// Moves the calling thread, and the threads that it starts later, into a new network namespace with
// lo up. At the end of the scope the thread moves back, and the kernel removes the namespace's
// content.
class Namespace {
public:
    Namespace();
    ~Namespace();
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;

private:
    int before_;
};

// Runs nft commands in the thread's network namespace, and returns their output; throws with nft's
// message.
std::string nft(const std::string& commands);

// A table with a prerouting chain that logs UDP to a port with `log_options` ("group 5 prefix ...")
// and then drops it, so that no ICMP error is sent.
std::string log_udp(std::uint16_t port, const std::string& log_options);

enum class Family { ipv4, ipv6 };

// A UDP socket that sends to lo. None of its packets leaves the namespace.
class Sender {
public:
    explicit Sender(std::uint16_t port, Family family = Family::ipv4);
    ~Sender();
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    // Sends `count` datagrams of `bytes` bytes each. The first 8 bytes are their number, counted
    // from 0, in host order, if there is room. Throws unless all are sent.
    void send(std::size_t count, std::size_t bytes = 8);

private:
    int fd_;
    std::uint64_t number_ = 0;
};

// Checks whether live tests can run here, and creates the user namespace that they need without
// root. If they cannot, it prints why and ends the program with 77 (skipped), or 1 with
// NFLOGCAP_REQUIRE_LIVE=1. To be called before there is a second thread.
void require_live();

} // namespace support
