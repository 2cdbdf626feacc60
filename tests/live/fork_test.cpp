// SPDX-License-Identifier: GPL-2.0-or-later
// What a child of fork() can do with its parent's capture, and whether this affects the parent.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "savefile.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using support::Handle;
using support::Namespace;
using support::OtherProcess;
using support::Sender;

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;

// Waits for a process and returns its exit status.
int status_of(pid_t process)
{
    int status = 0;
    REQUIRE(waitpid(process, &status, 0) == process);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

int next(const Handle& capture, int timeout_ms)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, timeout_ms);
}

bool is_readable(const Handle& capture)
{
    pollfd watched = {nflogcap_fd(capture.get()), POLLIN, 0};
    return poll(&watched, 1, 0) == 1;
}

} // namespace

TEST_CASE("a child that uses its parent's capture gets ECHILD and does not affect the capture")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    const Handle capture = support::started({group});
    CHECK_FALSE(is_readable(capture));
    Sender sender(port);
    sender.send(3);
    REQUIRE(next(capture, 1000) == 1); // two more packets wait in the library
    const pid_t child = fork();
    if (child == 0) {
        const nflogcap_packet* packet = nullptr;
        std::array<int, 8> codes = {nflogcap_next(capture.get(), &packet, -1),
                                    nflogcap_next_batch(capture.get(), &packet, 1, -1),
                                    nflogcap_stop(capture.get()),
                                    nflogcap_wakeup(capture.get()),
                                    nflogcap_start(capture.get()),
                                    nflogcap_set_snaplen(capture.get(), 96),
                                    nflogcap_add_group(capture.get(), 6),
                                    nflogcap_fd(capture.get())};
        int wrong = 0;
        for (const int code : codes)
            wrong += code == -ECHILD ? 0 : 1;
        const std::string words = nflogcap_error(capture.get());
        if (words.find("belongs to process " + std::to_string(getppid())) == std::string::npos)
            wrong += 16;
        nflogcap_close(capture.get());
        _exit(wrong);
    }
    CHECK(status_of(child) == 0);
    sender.send(4);
    int outcome = 0;
    CHECK(support::count_packets(capture, 500, outcome) == 2 + 4);
    CHECK(outcome == 0);
    CHECK_FALSE(is_readable(capture));
}

TEST_CASE("a daemon continues the capture without loss after its parent exits")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    // The parent of the daemon is a separate process, so that it can exit.
    const pid_t parent = fork();
    if (parent == 0) {
        const Handle capture = support::started({group});
        Sender sender(port);
        sender.send(5);
        if (next(capture, 1000) != 1) // four more packets wait in the library
            _exit(1);
        std::array<int, 2> result{};
        if (pipe(result.data()) != 0)
            _exit(2);
        if (fork() == 0) {
            // As in daemon(3): the child may run first.
            sender.send(7);
            int outcome = 0;
            const std::uint64_t received = support::count_packets(capture, 500, outcome);
            const nflogcap_stats stats = support::stats_of(capture);
            nflogcap_stop(capture.get());
            const bool is_right = received == 4 + 7 && outcome == 0 && stats.lost == 0 &&
                                  next(capture, -1) == -ENODATA &&
                                  nflogcap_start(capture.get()) == 0;
            // The daemon's close must release the group, so that another capture can bind it.
            nflogcap_close(capture.get());
            _exit(is_right && nflogcap_start(support::capture_of({group}).get()) == 0 ? 0 : 3);
        }
        _exit(0);
    }
    CHECK(status_of(parent) == 0);
    // This process cannot wait(2) for the daemon. It waits until the daemon releases the group.
    int code = -EPERM;
    for (int i = 0; i < 300 && code == -EPERM; ++i) {
        usleep(10'000);
        code = nflogcap_start(support::capture_of({group}).get());
    }
    CHECK(code == 0);
}

TEST_CASE("a child that takes over a capture continues it, and its parent gets ECHILD")
{
    const Namespace ns;
    support::nft(support::log_udp(port, "group 5"));
    Handle capture = support::started({group});
    Sender sender(port);
    sender.send(3);
    REQUIRE(next(capture, 1000) == 1);
    std::array<int, 2> barrier{};
    REQUIRE(pipe(barrier.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
        int outcome = 0;
        const bool is_taken = nflogcap_take_over(capture.get()) == 0;
        const std::uint64_t received = support::count_packets(capture, 300, outcome);
        char go = 0;
        const bool may_go = read(barrier[0], &go, 1) == 1; // the parent has closed its handle
        sender.send(4);
        const std::uint64_t more = support::count_packets(capture, 500, outcome);
        _exit(is_taken && may_go && received == 2 && more == 4 && outcome == 0 ? 0 : 1);
    }
    int code = 1;
    while (code == 1 || code == 0)
        code = next(capture, 10);
    CHECK(code == -ECHILD);
    CHECK(nflogcap_stop(capture.get()) == -ECHILD);
    capture.reset();
    REQUIRE(write(barrier[1], "x", 1) == 1);
    CHECK(status_of(child) == 0);
    close(barrier[0]);
    close(barrier[1]);
}

TEST_CASE("a child's close does not remove the parent's tap")
{
    const Namespace ns;
    const Handle capture = support::capture_of({});
    REQUIRE(nflogcap_add_tap(capture.get(), "output", "udp dport 7005") == 0);
    support::start(capture);
    const OtherProcess child([&] { nflogcap_close(capture.get()); });
    CHECK_THAT(support::nft("list ruleset"), ContainsSubstring("nflogcap-"));
    Sender(port).send(2);
    int outcome = 0;
    CHECK(support::count_packets(capture, 500, outcome) == 2);
}

TEST_CASE(
    "a child in another PID namespace gets ECHILD while its parent lives, until it takes over")
{
    const pid_t parent = fork(); // its children are in the new namespace
    if (parent == 0) {
        support::Dump dump = support::dump_to("/dev/null");
        if (unshare(CLONE_NEWPID) != 0)
            _exit(1);
        const pid_t child = fork();
        if (child == 0) {
            int wrong = nflogcap_dump_flush(dump.get()) == -ECHILD ? 0 : 1;
            const std::string words = nflogcap_dump_error(dump.get());
            wrong += words.find("belongs to another process") != std::string::npos ? 0 : 2;
            wrong += nflogcap_dump_take_over(dump.get()) == 0 ? 0 : 4;
            wrong += nflogcap_dump_flush(dump.get()) == 0 ? 0 : 8;
            _exit(wrong);
        }
        int status = -1;
        waitpid(child, &status, 0);
        const bool is_mine_again = nflogcap_dump_flush(dump.get()) == 0;
        _exit(status == 0 && is_mine_again ? 0 : 1);
    }
    CHECK(status_of(parent) == 0);
}
