// SPDX-License-Identifier: GPL-2.0-or-later
// The start of taps while other programs have large rulesets or change theirs, and while signals
// arrive.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <functional>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <utility>

using support::capture_of;
using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint16_t udp_port = 9;

thread_local int requests = 0;
thread_local std::size_t received = 0;           // bytes that recvmsg() returned
thread_local std::function<void()> before_batch; // called before libnftables sends a batch

// Starts two taps, each at two hooks, sends packets through them, and stops. Requires that all
// packets are received.
void tap_and_count()
{
    const Handle capture = capture_of({});
    for (const char* match : {"udp dport { 9, 10 } meta mark != 7", "iif lo tcp dport 9"})
        REQUIRE(nflogcap_add_tap(capture.get(), nullptr, match) == 0);
    const int code = nflogcap_start(capture.get());
    INFO(nflogcap_error(capture.get()));
    REQUIRE(code == 0);
    Sender(udp_port).send(3);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 6);
    CHECK(outcome == -ENODATA);
}

int requests_of_a_start()
{
    requests = 0;
    tap_and_count();
    return requests;
}

// Creates tables. Each table has `chains` chains, sets and rules.
void make_other_tables(int tables, int chains)
{
    std::string commands;
    for (int number = 0; number < tables; ++number) {
        commands += "table inet other-" + std::to_string(number) +
                    " { set s { type inet_service; elements = { 1, 2 }; };";
        for (int chain = 0; chain < chains; ++chain)
            commands += " chain c-" + std::to_string(chain) + " { udp dport @s counter; };";
        commands += " }\n";
    }
    nft(commands);
}

// Adds and removes a table in the thread's network namespace repeatedly.
class Changer {
public:
    Changer() : thread_([this] { run(); })
    {
        while (changes_ == 0)
            std::this_thread::yield();
    }
    ~Changer()
    {
        ends_ = true;
        thread_.join();
    }
    Changer(const Changer&) = delete;
    Changer& operator=(const Changer&) = delete;

    [[nodiscard]] long changes() const { return changes_; }

private:
    void run()
    {
        const std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket(
            mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC), mnl_socket_close);
        while (socket && !ends_) {
            for (const int type : {NFT_MSG_NEWTABLE, NFT_MSG_DELTABLE})
                change(*socket, type);
        }
    }

    void change(const mnl_socket& socket, int type)
    {
        alignas(nlmsghdr) std::array<char, 512> room{};
        char* end = room.data();
        const auto add = [&end](int message_type, int flags, int family, int subsystem) {
            nlmsghdr* message = mnl_nlmsg_put_header(end);
            message->nlmsg_type = static_cast<std::uint16_t>(message_type);
            message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
            auto* header =
                static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
            header->nfgen_family = static_cast<std::uint8_t>(family);
            header->res_id = htons(static_cast<std::uint16_t>(subsystem));
            if (subsystem == 0)
                mnl_attr_put_strz(message, NFTA_TABLE_NAME, "changing");
            end += NLMSG_ALIGN(message->nlmsg_len);
        };
        add(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        add((NFNL_SUBSYS_NFTABLES << 8) | type, NLM_F_CREATE, NFPROTO_IPV4, 0);
        add(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
        if (send(mnl_socket_get_fd(&socket), room.data(),
                 static_cast<std::size_t>(end - room.data()), 0) > 0)
            ++changes_;
    }

    std::atomic<bool> ends_ = false;
    std::atomic<long> changes_ = 0;
    std::thread thread_;
};

std::atomic<int> signals = 0;

// Sends SIGUSR1 to the calling thread ten thousand times per second; its handler returns.
class SignalStorm {
public:
    SignalStorm()
    {
        struct sigaction action {};
        action.sa_handler = [](int /*number*/) { ++signals; };
        REQUIRE(sigaction(SIGUSR1, &action, &before_) == 0);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGUSR1;
        event._sigev_un._tid = gettid();
        REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0);
        itimerspec period{};
        period.it_interval.tv_nsec = 100000;
        period.it_value = period.it_interval;
        REQUIRE(timer_settime(timer_, 0, &period, nullptr) == 0);
    }
    ~SignalStorm()
    {
        timer_delete(timer_);
        sigaction(SIGUSR1, &before_, nullptr);
    }
    SignalStorm(const SignalStorm&) = delete;
    SignalStorm& operator=(const SignalStorm&) = delete;

private:
    struct sigaction before_ {};
    timer_t timer_{};
};

} // namespace

// These functions replace libc's, also for the library and libnftables.
extern "C" ssize_t recvmsg(int fd, msghdr* message, int flags)
{
    const ssize_t length = syscall(SYS_recvmsg, fd, message, flags);
    received += length > 0 ? static_cast<std::size_t>(length) : 0;
    return length;
}

extern "C" ssize_t sendmsg(int fd, const msghdr* message, int flags)
{
    if (const auto hook = std::exchange(before_batch, nullptr))
        hook();
    return syscall(SYS_sendmsg, fd, message, flags);
}

extern "C" ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const sockaddr* to,
                          socklen_t length)
{
    ++requests;
    return syscall(SYS_sendto, fd, bytes, size, flags, to, length);
}

TEST_CASE("a start with taps sends no more requests if other programs have many tables")
{
    const Namespace ns;
    const int alone = requests_of_a_start();
    CHECK(alone > 10);
    make_other_tables(500, 1);
    CHECK(requests_of_a_start() == alone);
}

TEST_CASE("a start with taps does not read other programs' tables")
{
    const Namespace ns;
    received = 0;
    tap_and_count();
    const std::size_t alone = received;
    CHECK(alone > 0);
    make_other_tables(5, 1000);
    received = 0;
    tap_and_count();
    CHECK(received < alone + 1000); // bytes; the numbers of rules and sets are longer
}

TEST_CASE("if another program takes the table's name during a start with taps, the start chooses "
          "another name")
{
    const Namespace ns;
    before_batch = [] { nft("add table inet nflogcap-65535"); };
    tap_and_count();
    CHECK(!before_batch);
}

TEST_CASE("a start with taps succeeds while another program changes the ruleset all the time")
{
    const Namespace ns;
    const Changer changer;
    const long before = changer.changes();
    for (int start = 0; start < 20; ++start)
        tap_and_count();
    CHECK(changer.changes() > before + 20);
}

TEST_CASE("signals with handlers that return do not make a start with taps fail")
{
    const Namespace ns;
    const SignalStorm storm;
    for (int start = 0; start < 100; ++start)
        tap_and_count();
    CHECK(signals > 100);
}

TEST_CASE("signals during changes do not make a start with taps fail")
{
    const Namespace ns;
    const Changer changer;
    const SignalStorm storm;
    for (int start = 0; start < 20; ++start)
        tap_and_count();
}
