// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// The real kernel, in network namespaces that a test makes itself: rules and traffic stay in them.
namespace support {

// Moves the calling thread, and the threads that it starts from then on, into a new network
// namespace with lo up, and back at the end of the scope, when the kernel removes what was in it.
class Namespace {
public:
    Namespace();
    ~Namespace();
    Namespace(const Namespace&) = delete;
    Namespace& operator=(const Namespace&) = delete;

private:
    int before_;
};

// Runs nft commands in the thread's network namespace, and returns what they print; throws with
// nft's words.
std::string nft(const std::string& commands);

// A table whose prerouting chain logs UDP to a port with `log_options` ("group 5 prefix ...") and
// then drops it, so that no ICMP error answers.
std::string log_udp(std::uint16_t port, const std::string& log_options);

enum class Family { ipv4, ipv6 };

// A UDP socket that sends to lo. Not a packet of it leaves the namespace.
class Sender {
public:
    explicit Sender(std::uint16_t port, Family family = Family::ipv4);
    ~Sender();
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    // That many datagrams, of so many bytes each; the first 8 are their number, from 0 on, in
    // host order, where there is room. Throws unless all are sent.
    void send(std::size_t count, std::size_t bytes = 8);

private:
    int fd_;
    std::uint64_t number_ = 0;
};

// Whether live tests can run here: makes the user namespace that they need without root. If not,
// says why and ends the program with 77 (skipped), or 1 with NFLOGCAP_REQUIRE_LIVE=1. To be called
// before there is a second thread.
void require_live();

} // namespace support
