// SPDX-License-Identifier: GPL-2.0-or-later
// Many handles, many threads, many repetitions.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <linux/netlink.h>
#include <malloc.h>
#include <optional>
#include <pthread.h>
#include <spawn.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

std::ptrdiff_t open_descriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::string bound_groups()
{
    std::ifstream table("/proc/thread-self/net/netfilter/nfnetlink_log");
    return {std::istreambuf_iterator<char>(table), {}};
}

// The port id of the socket that a group is bound to.
std::optional<std::uint32_t> owner_of(unsigned group)
{
    std::istringstream table(bound_groups());
    for (std::string line; std::getline(table, line);) {
        std::istringstream columns(line);
        unsigned number = 0;
        std::uint32_t port = 0;
        if (columns >> number >> port && number == group)
            return port;
    }
    return std::nullopt;
}

// Whether this process can bind a netfilter socket to the port id that equals its process id. If it
// can, no other socket has this port id.
bool bind_to_process_id()
{
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    const int code = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    close(fd);
    return code == 0;
}

// The capture for the signal handler.
nflogcap* signalled = nullptr;

} // namespace

TEST_CASE(
    "opening and closing 10,000 captures leaves no open descriptor, no memory and no bound group")
{
    const Namespace ns;
    const std::uint16_t groups[] = {5, 6};
    const auto open_and_close = [&](int times) {
        for (int i = 0; i < times; ++i) {
            nflogcap* capture = nullptr;
            REQUIRE(nflogcap_open(&capture, groups, std::size(groups), nullptr, 0) == 0);
            nflogcap_close(capture);
        }
    };
    open_and_close(10); // makes the allocations that happen only once and are kept
    const auto descriptors = open_descriptors();
    const auto bytes = mallinfo2().uordblks + mallinfo2().hblkhd;
    open_and_close(10'000);
    CHECK(open_descriptors() == descriptors);
    CHECK(mallinfo2().uordblks + mallinfo2().hblkhd <=
          bytes + 4096); // for the test's own allocations
    CHECK(bound_groups().empty());
}

TEST_CASE("failed starts leave no open descriptor and no bound group")
{
    const Namespace ns;
    const auto owner = support::started({7});
    const auto descriptors = open_descriptors();
    const std::string bound = bound_groups();
    {
        const auto capture = support::capture_of({5, 6, 7});
        for (int i = 0; i < 100; ++i)
            REQUIRE(nflogcap_start(capture.get()) == -EPERM);
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(bound_groups() == bound);
}

TEST_CASE("a group stays bound while other threads close their captures")
{
    constexpr int rounds = 8000;
    const Namespace ns;
    std::array<int, 4> unbound{};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < unbound.size(); ++i)
        threads.emplace_back([&unbound, i] {
            const auto group = static_cast<std::uint16_t>(100 + i);
            for (int round = 0; round < rounds; ++round) {
                const auto capture = support::started({group});
                // Two looks, because a single look at the table can miss a group that is bound.
                unbound.at(i) += owner_of(group) || owner_of(group) ? 0 : 1;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(unbound == std::array<int, 4>{});
}

TEST_CASE("a capture does not use the port id that the kernel gives to a process's first socket")
{
    const Namespace ns;
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_add_tap(capture.get(), "output", "udp dport 9") == 0);
    support::start(capture);
    const auto owner = owner_of(5);
    REQUIRE(owner);
    CHECK(*owner > std::numeric_limits<std::uint32_t>::max() / 2); // no process has such an id
    CHECK(bind_to_process_id());
}

// A child that was just forked still holds the descriptors that its parent closes, until it
// executes its program.
TEST_CASE("a tap stays while other threads start processes")
{
    constexpr int rounds = 200;
    const Namespace ns;
    std::atomic<bool> over = false;
    std::vector<std::thread> starters(2);
    for (std::thread& starter : starters)
        starter = std::thread([&over] {
            std::string program = "true";
            std::array<char*, 2> words = {program.data(), nullptr};
            pid_t child = 0;
            while (!over)
                if (posix_spawn(&child, "/bin/true", nullptr, nullptr, words.data(), environ) == 0)
                    waitpid(child, nullptr, 0);
        });
    int failed = 0;
    int vanished = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto capture = support::capture_of({5});
        REQUIRE(nflogcap_add_tap(capture.get(), "output", "udp dport 9") == 0);
        failed += nflogcap_start(capture.get()) == 0 ? 0 : 1;
        vanished += nft("list tables") == "table inet nflogcap-5\n" ? 0 : 1;
    }
    over = true;
    for (std::thread& starter : starters)
        starter.join();
    CHECK(failed == 0);
    CHECK(vanished == 0);
}

TEST_CASE("64 handles in 64 threads each get their own packets and no others")
{
    constexpr std::uint16_t handles = 64;
    constexpr std::uint64_t sent = 500;
    const Namespace ns;
    std::string rules;
    for (std::uint16_t group = 0; group < handles; ++group)
        rules += " udp dport " + std::to_string(1000 + group) + " log group " +
                 std::to_string(group) + " drop;";
    nft("table inet t { chain c { type filter hook prerouting priority 0;" + rules + " }; }");

    std::vector<support::Handle> captures;
    for (std::uint16_t group = 0; group < handles; ++group)
        captures.push_back(support::started({group}));
    std::atomic<std::uint64_t> right = 0;
    std::atomic<std::uint64_t> wrong = 0;
    std::vector<std::thread> readers;
    for (std::uint16_t group = 0; group < handles; ++group)
        readers.emplace_back([&, group] {
            const nflogcap_packet* packet = nullptr;
            while (nflogcap_next(captures[group].get(), &packet, -1) == 1)
                ++(packet->group == group && packet->lost_before == 0 ? right : wrong);
        });
    for (std::uint16_t group = 0; group < handles; ++group)
        Sender(static_cast<std::uint16_t>(1000 + group)).send(sent);
    for (const support::Handle& capture : captures)
        nflogcap_stop(capture.get());
    for (std::thread& reader : readers)
        reader.join();
    CHECK(right == handles * sent);
    CHECK(wrong == 0);
}

TEST_CASE("wakeups and stops from four threads and a signal handler lose no packet")
{
    constexpr int runs = 20;
    constexpr std::uint64_t sent = 1000;
    const Namespace ns;
    nft(support::log_udp(9, "group 5"));
    const auto capture = support::capture_of({5});
    signalled = capture.get();
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) { nflogcap_wakeup(signalled); };
    sigaction(SIGUSR1, &action, &before);
    Sender sender(9);
    const pthread_t owner = pthread_self();
    std::uint64_t packets = 0;
    for (int run = 0; run < runs; ++run) {
        support::start(capture);
        std::atomic<bool> all_sent = false;
        std::atomic<bool> done = false;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                while (!done) {
                    nflogcap_wakeup(capture.get());
                    if (all_sent)
                        nflogcap_stop(capture.get());
                    std::this_thread::yield();
                }
            });
        threads.emplace_back([&] {
            while (!done) {
                pthread_kill(owner, SIGUSR1);
                std::this_thread::yield();
            }
        });
        threads.emplace_back([&] {
            sender.send(sent);
            all_sent = true;
        });
        const nflogcap_packet* packet = nullptr;
        int got = 0;
        while ((got = nflogcap_next(capture.get(), &packet, -1)) != -ENODATA) {
            REQUIRE((got == 1 || got == -ECANCELED || got == -EINTR));
            packets += got == 1 ? 1 : 0;
        }
        done = true;
        for (std::thread& thread : threads)
            thread.join();
        // A stop that comes after the end is kept, and would end the next run.
        support::start(capture);
        nflogcap_stop(capture.get());
        while (nflogcap_next(capture.get(), &packet, -1) != -ENODATA) {
        }
    }
    sigaction(SIGUSR1, &before, nullptr);
    CHECK(packets == runs * sent);
    CHECK(support::stats_of(capture).lost == 0);
}
