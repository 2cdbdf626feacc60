// SPDX-License-Identifier: GPL-2.0-or-later
#include "error.hpp"
#include "readiness.hpp"

#include "catch.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <limits>
#include <poll.h>
#include <string>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

using nflog::FileDescriptor;
using nflog::Readiness;
using std::chrono::milliseconds;

namespace {

// As a user's event loop sees it.
bool readable(const Readiness& readiness, int timeout_ms = 0)
{
    pollfd watched = {readiness.fd(), POLLIN, 0};
    return poll(&watched, 1, timeout_ms) == 1 && (watched.revents & POLLIN) != 0;
}

struct Pipe {
    Pipe()
    {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        reader = FileDescriptor(ends[0]);
        writer = FileDescriptor(ends[1]);
    }

    FileDescriptor reader;
    FileDescriptor writer;
};

// The one descriptor that an epoll descriptor watches, by what the kernel tells of it.
int watched_by(int epoll)
{
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(epoll));
    for (std::string word; info >> word;) {
        int fd = -1;
        if (word == "tfd:" && info >> fd)
            return fd;
    }
    return -1;
}

// A signal every few milliseconds, so that one comes in a wait whenever that begins.
class Signals {
public:
    Signals()
    {
        struct sigaction action {};
        action.sa_handler = [](int) {};
        sigaction(SIGALRM, &action, &before_);
        set_period(5'000);
    }
    ~Signals()
    {
        set_period(0);
        sigaction(SIGALRM, &before_, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

private:
    static void set_period(suseconds_t microseconds)
    {
        const itimerval timer = {{0, microseconds}, {0, microseconds}};
        setitimer(ITIMER_REAL, &timer, nullptr);
    }

    struct sigaction before_ {};
};

} // namespace

TEST_CASE("nothing is ready at first, and a wait for it ends in time")
{
    Readiness readiness;
    CHECK_FALSE(readable(readiness));
    const auto begin = std::chrono::steady_clock::now();
    const Readiness::Wake wake = readiness.wait(20);
    CHECK(wake.timed_out);
    CHECK(wake.error == 0);
    CHECK_FALSE(wake.bell);
    CHECK(std::chrono::steady_clock::now() - begin >= milliseconds(19));
    CHECK(readiness.wait(0).timed_out);
}

TEST_CASE("the bell is heard until it is hushed, however often it was rung")
{
    Readiness readiness;
    readiness.ring();
    readiness.ring();
    for (int look = 0; look < 2; ++look) {
        CHECK(readable(readiness));
        const Readiness::Wake wake = readiness.wait(-1);
        CHECK(wake.bell);
        CHECK_FALSE(wake.timed_out);
        CHECK(wake.error == 0);
    }
    readiness.hush();
    CHECK_FALSE(readable(readiness));
    CHECK(readiness.wait(0).timed_out);
    readiness.hush(); // a bell that does not ring
    readiness.ring();
    CHECK(readable(readiness));
}

TEST_CASE("the bell ends a wait in another thread")
{
    Readiness readiness;
    Readiness::Wake wake{};
    std::thread waiter([&] { wake = readiness.wait(-1); });
    readiness.ring();
    waiter.join();
    CHECK(wake.bell);
}

TEST_CASE("a ring that fails keeps errno")
{
    Readiness readiness;
    const int bell = watched_by(readiness.fd());
    REQUIRE(bell >= 0);
    // As if it had been rung so often that it can count no further.
    const std::uint64_t full = std::numeric_limits<std::uint64_t>::max() - 1;
    REQUIRE(write(bell, &full, sizeof full) == sizeof full);
    const std::uint64_t once = 1;
    REQUIRE(write(bell, &once, sizeof once) < 0);
    errno = ENOTTY;
    readiness.ring();
    const int kept = errno;
    CHECK(kept == ENOTTY);
    CHECK(readable(readiness));
}

TEST_CASE("a signal ends a wait")
{
    Readiness readiness;
    const Signals signals;
    const Readiness::Wake wake = readiness.wait(-1);
    CHECK(wake.error == EINTR);
    CHECK_FALSE(wake.timed_out);
    CHECK_FALSE(wake.bell);
}

TEST_CASE("a descriptor that is watched shows, and is told from the bell")
{
    Readiness readiness;
    const Pipe pipe;
    readiness.watch(pipe.reader.get());
    CHECK_FALSE(readable(readiness));
    REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
    CHECK(readable(readiness));
    Readiness::Wake wake = readiness.wait(-1);
    CHECK_FALSE(wake.bell);
    CHECK_FALSE(wake.timed_out);
    readiness.ring();
    wake = readiness.wait(-1);
    CHECK(wake.bell);
    readiness.hush();
    CHECK(readable(readiness));
}

TEST_CASE("a descriptor that is unwatched shows no more, even while it is open elsewhere")
{
    Readiness readiness;
    Pipe pipe;
    const FileDescriptor other(dup(pipe.reader.get()));
    readiness.watch(pipe.reader.get());
    REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
    readiness.unwatch(pipe.reader.get());
    pipe.reader = FileDescriptor();
    CHECK_FALSE(readable(readiness));
}

TEST_CASE("what cannot be watched is an error with words")
{
    Readiness readiness;
    try {
        readiness.watch(-1);
        FAIL("it was watched");
    } catch (const nflog::Error& failure) {
        CHECK(failure.code() == EBADF);
        CHECK(std::string(failure.what()).find("epoll") != std::string::npos);
    }
}

TEST_CASE("the alarm comes in its time and stays until it is cancelled")
{
    Readiness readiness;
    const auto begin = std::chrono::steady_clock::now();
    readiness.set_alarm(milliseconds(1020));
    CHECK_FALSE(readable(readiness));
    const Readiness::Wake wake = readiness.wait(-1);
    CHECK(std::chrono::steady_clock::now() - begin >= milliseconds(1020));
    CHECK_FALSE(wake.timed_out);
    CHECK_FALSE(wake.bell);
    CHECK(readable(readiness));
    readiness.cancel_alarm();
    CHECK_FALSE(readable(readiness));
}

TEST_CASE("an alarm whose time has passed comes at once")
{
    for (const milliseconds time : {milliseconds(0), milliseconds(-1500)}) {
        Readiness readiness;
        readiness.set_alarm(time);
        CHECK(readable(readiness, 1000));
    }
}

TEST_CASE("a cancelled alarm never comes")
{
    Readiness readiness;
    readiness.set_alarm(milliseconds(20));
    readiness.cancel_alarm();
    readiness.cancel_alarm(); // none is set
    CHECK_FALSE(readable(readiness, 60));
}

TEST_CASE("descriptors are not inherited by other programs")
{
    const Readiness readiness;
    CHECK((fcntl(readiness.fd(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((fcntl(watched_by(readiness.fd()), F_GETFD) & FD_CLOEXEC) != 0);
}
