// SPDX-License-Identifier: GPL-2.0-or-later
// Starts with taps in unusual processes: without privileges or descriptors, in threads and after
// fork().
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "tapping.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <linux/netlink.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using live::ruleset;
using live::tapping;
using support::capture_of;
using support::Handle;
using support::Namespace;

TEST_CASE("a child of fork() can tap, whatever its parent's threads do during fork()", "[taps]")
{
    const Namespace ns;
    const auto tap_once = [] { // no assertions here: only the test's main thread may use them
        nflogcap* capture = nullptr;
        int code = nflogcap_new(&capture);
        if (code == 0)
            code = nflogcap_add_tap(capture, "output", "udp dport 9");
        if (code == 0)
            code = nflogcap_start(capture);
        nflogcap_close(capture);
        return code;
    };
    std::atomic<bool> ends = false;
    std::thread tapper([&] {
        while (!ends)
            tap_once();
    });
    for (int child = 0; child < 50; ++child) {
        const pid_t pid = fork();
        if (pid == 0)
            _exit(tap_once() == 0 ? 0 : 1);
        int status = -1;
        REQUIRE(waitpid(pid, &status, 0) == pid);
        CHECK(status == 0);
    }
    ends = true;
    tapper.join();
}

TEST_CASE("without CAP_NET_ADMIN a tap is refused like a capture, and nothing is printed", "[taps]")
{
    const Namespace ns;
    const Handle capture = tapping({{"output", "udp dport 9"}});
    int code = 0;
    support::without_capabilities([&] { code = nflogcap_start(capture.get()); });
    CHECK(code == -EPERM);
    CHECK_THAT(nflogcap_error(capture.get()),
               ContainsSubstring("group 65535: CAP_NET_ADMIN is missing"));
    CHECK(nflogcap_start(capture.get()) == 0);
}

TEST_CASE("nothing is written to standard output or standard error", "[taps]")
{
    const Namespace ns;
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    std::fflush(nullptr);
    const int out = dup(STDOUT_FILENO);
    const int err = dup(STDERR_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    const int refused = [] {
        const Handle capture = capture_of({});
        nflogcap_add_tap(capture.get(), "output", "udp dprt 9");
        errno = EPERM; // an old value, which must not affect libnftables
        return nflogcap_start(capture.get());
    }();
    const int added = [] {
        const Handle capture = capture_of({});
        nflogcap_add_tap(capture.get(), "output", "udp dport 9");
        return nflogcap_start(capture.get());
    }();
    std::fflush(nullptr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    CHECK(refused == -EINVAL);
    CHECK(added == 0);
    CHECK(lseek(fileno(file), 0, SEEK_END) == 0);
    std::fclose(file);
}

TEST_CASE("a start with a tap fails with a reason if descriptors run out at any point", "[taps]")
{
    const Namespace ns;
    // If a socket of the program has the process's id as port id, a start opens one descriptor
    // fewer.
    const int other = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    REQUIRE(bind(other, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    int code = -EMFILE;
    int left = 0;
    for (; code < 0 && left < 20; ++left) {
        const Handle capture = tapping(
            {{"output", "oif lo udp dport 9"}}); // a match on an interface needs two sockets
        const int next = dup(STDIN_FILENO);
        close(next);
        const rlimit few = {static_cast<rlim_t>(next + left), before.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
        code = nflogcap_start(capture.get());
        setrlimit(RLIMIT_NOFILE, &before);
        CAPTURE(left, nflogcap_error(capture.get()));
        CHECK((code == 0 || code == -EMFILE));
    }
    close(other);
    CHECK(code == 0);
    CHECK(left > 3);
}

TEST_CASE("taps are added in several threads at once", "[taps]")
{
    const Namespace ns;
    std::array<std::string, 4> failures;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failures.size(); ++i) {
        threads.emplace_back([&failures, i] {
            for (int round = 0; round < 10 && failures.at(i).empty(); ++round) {
                const Handle capture = capture_of({static_cast<std::uint16_t>(i)});
                if (nflogcap_add_tap(capture.get(), "output", "oif lo udp dport { 1, 2 }") < 0 ||
                    nflogcap_start(capture.get()) < 0)
                    failures.at(i) = nflogcap_error(capture.get());
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(failures == std::array<std::string, 4>{});
    CHECK(ruleset().empty());
}
