// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace support {

// A network namespace, in which the loopback interface is up. It exists during the lifetime of this
// object, even if no thread is in it.
class Place {
public:
    Place();
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

// Moves the calling thread into the network namespace of a Place, and back at the end of the scope.
class Visit {
public:
    explicit Visit(const Place& place);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

private:
    int before_;
};

// Runs lines of the `ip` command in the thread's network namespace.
void ip(const std::string& lines);

// Sets a file in /proc/sys/net, such as "ipv4/ip_forward", in the thread's network namespace.
void set_sysctl(const std::string& name, int value);

using Mac = std::array<std::uint8_t, 6>;
std::string text(const Mac& mac);

// Two hosts and, between them, a router or a bridge:
//
//     host A: a0 <-> ra, middle, rb <-> b0 :host B
// Addresses and neighbours are fixed. Most traffic that a kernel sends by itself is disabled, so
// that almost all packets are those of the test.
class Topology {
public:
    // The middle either routes between ra and rb, or connects them by the bridge br0, which also
    // has an address.
    enum class Form { routed, bridged };

    explicit Topology(Form form);

    static constexpr Mac a0 = {2, 0, 0, 0, 0, 0xa0};
    static constexpr Mac ra = {2, 0, 0, 0, 0, 0xa1};
    static constexpr Mac rb = {2, 0, 0, 0, 0, 0xb1};
    static constexpr Mac b0 = {2, 0, 0, 0, 0, 0xb0};
    static constexpr Mac br0 = {2, 0, 0, 0, 0, 0xbb};

    // These addresses are the same in both forms.
    static constexpr const char* a_ipv4 = "10.0.1.2";
    static constexpr const char* b_ipv4 = "10.0.2.2";
    static constexpr const char* middle_ipv4 = "10.0.1.1";
    static constexpr const char* a_ipv6 = "fd00:1::2";
    static constexpr const char* b_ipv6 = "fd00:2::2";
    static constexpr const char* middle_ipv6 = "fd00:1::1";

    Place a;
    Place middle;
    Place b;

private:
    void route() const;
    void bridge() const;
};

} // namespace support
