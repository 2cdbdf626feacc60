// SPDX-License-Identifier: GPL-2.0-or-later
// A process with root privileges in the captured network namespace, such as a container's root,
// sends forged netlink messages to the library's sockets.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <cerrno>
#include <cstdint>
#include <endian.h>
#include <fstream>
#include <functional>
#include <limits>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

using support::capture_of;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint16_t udp_port = 9;

// The line of a netfilter socket in /proc/net/netlink.
struct SocketRow {
    std::uint32_t port;
    unsigned long queued; // bytes
    unsigned long dropped;
};

// The bound netfilter sockets of the thread's network namespace.
std::vector<SocketRow> netfilter_sockets()
{
    std::ifstream table("/proc/thread-self/net/netlink");
    table.ignore(std::numeric_limits<std::streamsize>::max(), '\n'); // the headings
    std::vector<SocketRow> rows;
    std::string address;
    std::string groups;
    unsigned protocol = 0;
    unsigned long skipped = 0;
    SocketRow row{};
    while (table >> address >> protocol >> row.port >> groups >> row.queued >> skipped >> skipped >>
           skipped >> row.dropped >> skipped) {
        if (protocol == NETLINK_NETFILTER && row.port != 0)
            rows.push_back(row);
    }
    return rows;
}

// Sends packets of group 5 that look like the kernel's.
class Forger {
public:
    Forger() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER))
    {
        sockaddr_nl own{};
        socklen_t length = sizeof own;
        own.nl_family = AF_NETLINK;
        if (bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0 ||
            getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &length) < 0)
            throw std::runtime_error("cannot bind the forger's socket");
        port_ = own.nl_pid;
    }
    ~Forger() { close(fd_); }
    Forger(const Forger&) = delete;
    Forger& operator=(const Forger&) = delete;

    [[nodiscard]] std::uint32_t port() const { return port_; }

    // Returns 0 or an errno. If `groups` is not 0, also sends to all sockets in the lowest of these
    // netlink multicast groups.
    [[nodiscard]] int send_to(std::uint32_t port, std::uint32_t groups = 0) const
    {
        struct {
            nlmsghdr header;
            nfgenmsg of_netfilter;
        } message{};
        message.header.nlmsg_len = sizeof message;
        message.header.nlmsg_type = NFNL_SUBSYS_ULOG << 8;
        message.of_netfilter.nfgen_family = AF_INET;
        message.of_netfilter.res_id = htobe16(5);
        sockaddr_nl to{};
        to.nl_family = AF_NETLINK;
        to.nl_pid = port;
        to.nl_groups = groups;
        return sendto(fd_, &message, sizeof message, MSG_DONTWAIT,
                      reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0
                   ? errno
                   : 0;
    }

private:
    int fd_;
    std::uint32_t port_ = 0;
};

// Called with each socket that this thread is about to connect or to send on.
thread_local std::function<void(int)> before_connect;
thread_local std::function<void(int)> before_send;

std::uint32_t port_of(int fd)
{
    sockaddr_nl own{};
    socklen_t length = sizeof own;
    REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length) == 0);
    REQUIRE(own.nl_family == AF_NETLINK);
    return own.nl_pid;
}

} // namespace

// These functions replace libc's, also for the library and libnftables.
extern "C" int connect(int fd, const sockaddr* address, socklen_t length)
{
    if (before_connect)
        before_connect(fd);
    return static_cast<int>(syscall(SYS_connect, fd, address, length));
}

extern "C" ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const sockaddr* to,
                          socklen_t length)
{
    if (before_send)
        before_send(fd);
    return syscall(SYS_sendto, fd, bytes, size, flags, to, length);
}

TEST_CASE(
    "forged messages reach an unconnected socket, so the other tests of this file can detect them")
{
    const Namespace ns;
    const Forger forger;
    const Forger victim;
    CHECK(forger.send_to(victim.port()) == 0);
    REQUIRE(netfilter_sockets().size() == 2);
    CHECK(netfilter_sockets()[0].queued + netfilter_sockets()[1].queued > 0);
}

TEST_CASE(
    "a capture's sockets refuse forged messages, which neither fill a queue nor delay packets")
{
    const Namespace ns;
    nft(support::log_udp(udp_port, "group 5"));
    const Handle capture = capture_of({5});
    REQUIRE(nflogcap_add_tap(capture.get(), "output", "tcp dport 9") == 0);
    support::start(capture);
    const std::vector<SocketRow> sockets = netfilter_sockets();
    REQUIRE(sockets.size() == 2); // the socket of the groups and the socket of the taps
    const Forger forger;
    for (const SocketRow& each : sockets) {
        for (int i = 0; i < 1000; ++i)
            REQUIRE(forger.send_to(each.port) == ECONNREFUSED);
    }
    for (std::uint32_t group = 1; group != 0; group <<= 1)
        CHECK(forger.send_to(0, group) == 0);
    for (const SocketRow& each : netfilter_sockets()) {
        if (each.port == forger.port())
            continue;
        CHECK(each.queued == 0);
        CHECK(each.dropped == 0);
    }
    const nflogcap_packet* packet = nullptr;
    CHECK(nflogcap_next(capture.get(), &packet, 0) == 0);
    Sender(udp_port).send(10);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 10);
    CHECK(outcome == -ENODATA);
    const nflogcap_stats stats = support::stats_of(capture);
    CHECK(stats.received == 10);
    CHECK(stats.lost == 0);
    CHECK(stats.dropped_batches == 0);
    CHECK(stats.malformed == 0);
}

TEST_CASE("a forged message sent before a socket is connected does not get into its queue")
{
    const Namespace ns;
    const Forger forger;
    int connected = 0;
    before_connect = [&](int fd) {
        const std::uint32_t port = port_of(fd);
        REQUIRE(port != 0);
        CHECK(forger.send_to(port) == 0); // the kernel discards the message
        char byte = 0;
        CHECK(recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) < 0);
        CHECK(errno == EAGAIN);
        ++connected;
    };
    const Handle capture = capture_of({5});
    CHECK(nflogcap_add_tap(capture.get(), "output", "udp dport 9") == 0);
    const int code = nflogcap_start(capture.get());
    before_connect = nullptr;
    INFO(nflogcap_error(capture.get()));
    CHECK(code == 0);
    CHECK(connected >= 2);
}

// libnftables can crash when it reads a message that it does not expect.
TEST_CASE("every socket that the start of a tap uses refuses forged messages")
{
    const Namespace ns;
    const Forger forger;
    int used = 0;
    const Handle capture = capture_of({5});
    CHECK(nflogcap_add_tap(capture.get(), nullptr, "udp dport { 1, 2 }") == 0);
    before_send = [&](int fd) {
        const auto hook = std::exchange(
            before_send, nullptr); // so that the forger's own send() does not call the hook
        const int answer = forger.send_to(port_of(fd));
        CHECK(answer == ECONNREFUSED);
        ++used;
        if (answer == ECONNREFUSED) // otherwise libnftables would read forged messages for ever
            before_send = hook;
    };
    const int code = nflogcap_start(capture.get());
    before_send = nullptr;
    INFO(nflogcap_error(capture.get()));
    CHECK(code == 0);
    CHECK(used > 5);
}
