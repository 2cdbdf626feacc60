// SPDX-License-Identifier: GPL-2.0-or-later
#include "readiness.hpp"

#include "catch.hpp"
#include "descriptors.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <limits>
#include <pthread.h>
#include <string>
#include <sys/time.h>
#include <thread>
#include <unistd.h>
#include <vector>

using nflog::CancellationOff;
using nflog::Readiness;
using std::chrono::milliseconds;
using synthetic::is_readable;
using synthetic::Pipe;
using Wake = nflog::Readiness::Wake;

namespace {

Wake wait(Readiness& readiness, int timeout_ms)
{
    const CancellationOff cancellation;
    return readiness.wait(timeout_ms, cancellation);
}

// The descriptors that an epoll descriptor watches, as reported by the kernel.
std::vector<int> watched_by(int epoll)
{
    std::vector<int> found;
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(epoll));
    for (std::string word; info >> word;) {
        int fd = -1;
        if (word == "tfd:" && info >> fd)
            found.push_back(fd);
    }
    return found;
}

// Sends a signal every few milliseconds, so that one arrives during a wait, whenever the wait
// begins.
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

TEST_CASE("initially nothing is ready, and a wait ends after its timeout")
{
    Readiness readiness;
    CHECK_FALSE(is_readable(readiness.fd(false)));
    const auto begin = std::chrono::steady_clock::now();
    CHECK(wait(readiness, 20) == Wake::timeout);
    CHECK(std::chrono::steady_clock::now() - begin >= milliseconds(19));
    CHECK(wait(readiness, 0) == Wake::timeout);
}

TEST_CASE("the descriptor is readable until a signal is cleared, however often it was sent")
{
    Readiness readiness;
    readiness.signal();
    readiness.signal();
    for (int look = 0; look < 2; ++look) {
        CHECK(is_readable(readiness.fd(false)));
        CHECK(wait(readiness, -1) == Wake::signalled);
    }
    readiness.clear_signal();
    CHECK_FALSE(is_readable(readiness.fd(false)));
    CHECK(wait(readiness, 0) == Wake::timeout);
    readiness.clear_signal(); // no signal is pending
    readiness.signal();
    CHECK(is_readable(readiness.fd(false)));
}

TEST_CASE("a signal ends a wait in another thread")
{
    Readiness readiness;
    Wake wake{};
    std::thread waiter([&] { wake = wait(readiness, -1); });
    readiness.signal();
    waiter.join();
    CHECK(wake == Wake::signalled);
}

TEST_CASE("signal keeps errno even if the eventfd's counter is at its maximum")
{
    Readiness readiness;
    for (const int event : watched_by(readiness.fd(false))) {
        // Sets the eventfd's counter to its maximum, as if signal() had been called very often.
        const std::uint64_t full = std::numeric_limits<std::uint64_t>::max() - 1;
        REQUIRE(write(event, &full, sizeof full) == sizeof full);
    }
    errno = ENOTTY;
    readiness.signal();
    const int kept = errno;
    CHECK(kept == ENOTTY);
    CHECK(is_readable(readiness.fd(false)));
}

TEST_CASE("a signal of the system interrupts a wait")
{
    Readiness readiness;
    const Signals signals;
    CHECK(wait(readiness, -1) == Wake::interrupted);
}

TEST_CASE("the descriptor is readable until show(false), with or without a signal")
{
    Readiness readiness;
    CHECK(is_readable(readiness.fd(true)));
    CHECK(wait(readiness, -1) == Wake::ready);
    readiness.signal();
    CHECK(wait(readiness, -1) == Wake::signalled);
    readiness.clear_signal();
    CHECK(is_readable(readiness.fd(true)));
    readiness.show(false);
    CHECK_FALSE(is_readable(readiness.fd(false)));
}

TEST_CASE("a readable descriptor of the source makes the descriptor readable, and is distinguished "
          "from a signal")
{
    Readiness readiness;
    const Pipe pipe;
    readiness.epoll().watch(pipe.reader.get());
    REQUIRE(write(pipe.writer.get(), "x", 1) == 1);
    CHECK(wait(readiness, -1) == Wake::ready);
    readiness.signal();
    CHECK(wait(readiness, -1) == Wake::signalled);
    readiness.clear_signal();
    CHECK(wait(readiness, -1) == Wake::ready);
}

// Not with a sanitizer: glibc cancels a thread by unwinding its stack, and sanitizers do not follow
// this.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a cancelled thread leaves the wait, and the next wait works")
{
    Readiness readiness;
    pthread_t waiter{};
    const auto body = [](void* self) -> void* {
        wait(*static_cast<Readiness*>(self), -1);
        return nullptr;
    };
    REQUIRE(pthread_create(&waiter, nullptr, body, &readiness) == 0);
    REQUIRE(pthread_cancel(waiter) == 0);
    void* result = nullptr;
    REQUIRE(pthread_join(waiter, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
    CHECK(wait(readiness, 0) == Wake::timeout);
}
#endif

TEST_CASE("other programs inherit none of the descriptors")
{
    Readiness readiness;
    const std::vector<int> watched = watched_by(readiness.fd(false));
    CHECK(watched.size() == 2);
    for (const int fd : watched)
        CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}
