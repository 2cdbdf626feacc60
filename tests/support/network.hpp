// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// Helpers for tests with the real kernel. Rules and traffic stay within the network namespaces that
// a test creates.
namespace support {

// Moves the calling thread, and the threads that it starts later, into a new network namespace, in
// which the loopback interface is up. At the end of the scope, the thread moves back, and the
// kernel removes the namespace.
class Namespace {
public:
    Namespace();
    ~Namespace();
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;

private:
    int before_;
};

// Runs nft commands in the thread's network namespace, and returns their output. If nft fails,
// throws its message.
std::string nft(const std::string& commands);

// Returns the nft commands for a table that logs UDP packets to a port with `log_options` (such as
// "group 5 prefix ..."). The rule also drops the packets, so that the kernel sends no ICMP error.
std::string log_udp(std::uint16_t port, const std::string& log_options);

enum class Family { ipv4, ipv6 };

// A UDP socket that sends to the loopback interface. No packet leaves the network namespace.
class Sender {
public:
    explicit Sender(std::uint16_t port, Family family = Family::ipv4);
    ~Sender();
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    // Sends `count` datagrams of `bytes` bytes each. The first 8 bytes of a datagram are its
    // number, counted from 0, in host byte order, if there is room. Throws unless all datagrams are
    // sent.
    void send(std::size_t count, std::size_t bytes = 8);

private:
    int fd_;
    std::uint64_t number_ = 0;
};

// Checks whether live tests can run here. If the process is not root, creates the user namespace
// that they need. If they cannot run, prints the reason and ends the program with 77 (skipped), or
// with 1 if NFLOGCAP_REQUIRE_LIVE=1. Call this function before the program starts a second thread.
void require_live();

} // namespace support
