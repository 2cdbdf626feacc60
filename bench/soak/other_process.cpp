// SPDX-License-Identifier: GPL-2.0-or-later
#include "other_process.hpp"

#include "account.hpp"
#include "capture.hpp"
#include "network.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace soak {

using std::chrono::milliseconds;

namespace {

int random_up_to(int max)
{
    thread_local std::minstd_rand random{std::random_device()()};
    return std::uniform_int_distribution(0, max)(random);
}

void sleep_up_to(int max_ms)
{
    std::this_thread::sleep_for(milliseconds(random_up_to(max_ms)));
}

support::Handle capture_of(const std::string& what, const std::string& port)
{
    support::Handle capture = support::capture_of({});
    const int code =
        what == "tap"
            ? nflogcap_add_tap(capture.get(), "output", ("udp dport " + port).c_str())
            : nflogcap_add_group(capture.get(), static_cast<std::uint16_t>(std::stoi(what)));
    expect(code == 0, nflogcap_error(capture.get()));
    return capture;
}

void read_until(const support::Handle& capture, std::chrono::steady_clock::time_point until)
{
    Account account(Account::Gaps::are_losses);
    std::array<const nflogcap_packet*, 256> packets{};
    while (std::chrono::steady_clock::now() < until) {
        const int got = nflogcap_next_batch(capture.get(), packets.data(), packets.size(), 1);
        expect(got >= 0, nflogcap_error(capture.get()));
        for (int i = 0; i < got; ++i)
            account.take(*packets.at(static_cast<std::size_t>(i)));
    }
}

// Takes the group this number of times, holds it for a while, and releases it. Each time, prints a
// character when it has the group.
int take(const std::string& what, const std::string& port, int times)
{
    constexpr int longest_ms = 30;
    constexpr int pause_ms = 5;
    while (times > 0) {
        sleep_up_to(pause_ms); // so that the reader can have the group in between
        const support::Handle capture = capture_of(what, port);
        const int code = nflogcap_start(capture.get());
        if (code == -EPERM)
            continue;
        expect(code == 0, nflogcap_error(capture.get()));
        expect(write(STDOUT_FILENO, "+", 1) == 1, "the signs cannot be written");
        read_until(capture,
                   std::chrono::steady_clock::now() + milliseconds(random_up_to(longest_ms)));
        --times;
    }
    return 0;
}

[[noreturn]] void change_rules(const std::string& some, const std::string& others)
{
    constexpr int longest_ms = 20;
    for (;;) {
        support::nft(some);
        sleep_up_to(longest_ms);
        support::nft(others);
        sleep_up_to(longest_ms);
    }
}

} // namespace

OtherProcess::OtherProcess(std::vector<std::string> arguments)
{
    std::array<int, 2> ends{};
    expect(pipe2(ends.data(), O_CLOEXEC) == 0, std::string("pipe: ") + std::strerror(errno));
    signs_ = ends[0];
    std::string self = "bench_soak";
    std::vector<char*> words = {self.data()};
    for (std::string& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int code = posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    expect(code == 0, std::string("cannot start another process: ") + std::strerror(code));
}

OtherProcess::~OtherProcess()
{
    if (pid_ > 0) {
        kill();
        waitpid(pid_, nullptr, 0);
    }
    close(signs_);
}

bool OtherProcess::sign() const
{
    char byte = 0;
    return read(signs_, &byte, 1) == 1;
}

int OtherProcess::status()
{
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
}

void OtherProcess::kill() const
{
    ::kill(pid_, SIGKILL);
}

void be_rival(const std::string& what, std::uint16_t port, const std::atomic<bool>& over,
              Rivalry& rivalry)
{
    constexpr int max_times = 20;
    while (!over) {
        OtherProcess rival({"take", what, std::to_string(port), std::to_string(max_times)});
        ++rivalry.processes;
        // Half of the processes are killed while they have the group, or just after.
        int left = random_up_to(2 * max_times);
        while (!over && left > 0 && rival.sign())
            --left;
        if (over || left == 0) {
            sleep_up_to(10);
            rival.kill();
            ++rivalry.killed;
        }
        const int status = rival.status();
        expect(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0,
               "the other process failed; it has printed why");
    }
}

int work(const std::vector<std::string>& arguments)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        if (arguments.size() == 4 && arguments[0] == "take")
            return take(arguments[1], arguments[2], std::stoi(arguments[3]));
        if (arguments.size() == 3 && arguments[0] == "change-rules")
            change_rules(arguments[1], arguments[2]);
        std::fprintf(stderr, "bench_soak: unknown work: %s\n", arguments[0].c_str());
        return 2;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_soak %s: %s\n", arguments[0].c_str(), failure.what());
        return 1;
    }
}

} // namespace soak
