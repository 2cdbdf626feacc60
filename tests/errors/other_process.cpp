// SPDX-License-Identifier: GPL-2.0-or-later
#include "other_process.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <linux/sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace support {

namespace {

struct Pipe {
    int out = -1;
    int in = -1;

    Pipe()
    {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) < 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        out = ends[0];
        in = ends[1];
    }
    ~Pipe()
    {
        close(out);
        close(in);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

// Forks, into a new user namespace. unshare(2) would want a process of one thread, which that of a
// sanitizer is not.
pid_t fork_into_user_namespace()
{
    clone_args how{};
    how.flags = CLONE_NEWUSER;
    how.exit_signal = SIGCHLD;
    return static_cast<pid_t>(syscall(SYS_clone3, &how, sizeof how));
}

// In a child, which ends with its parent, runs the body and no more.
pid_t run_in_child(pid_t (*start)(), const std::function<void()>& body)
{
    const pid_t parent = getpid();
    const pid_t pid = start();
    if (pid < 0)
        throw std::system_error(errno, std::generic_category(), "a process");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            if (getppid() == parent)
                body();
        } catch (...) { // the parent sees that nothing was written
        }
        _exit(0);
    }
    return pid;
}

void write_all(int fd, const void* bytes, std::size_t length)
{
    if (write(fd, bytes, length) != static_cast<ssize_t>(length))
        _exit(1);
}

} // namespace

OtherProcess::OtherProcess(const std::function<void(const Ready&)>& body)
{
    Pipe pipe;
    pid_ = run_in_child(fork, [&] { body([&] { write_all(pipe.in, "!", 1); }); });
    close(std::exchange(pipe.in, -1));
    char byte = 0;
    if (read(pipe.out, &byte, 1) != 1)
        throw std::runtime_error("the other process did not get ready");
}

OtherProcess::~OtherProcess()
{
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

Failure in_user_namespace(const std::function<Failure()>& body)
{
    Pipe pipe;
    const pid_t pid = run_in_child(fork_into_user_namespace, [&] {
        const Failure failure = body();
        const std::string text =
            std::to_string(failure.code) + " " + failure.function + " " + failure.words;
        write_all(pipe.in, text.data(), text.size());
    });
    waitpid(pid, nullptr, 0);
    std::array<char, PIPE_BUF> buffer{};
    const ssize_t length = read(pipe.out, buffer.data(), buffer.size());
    close(std::exchange(pipe.in, -1));
    if (length <= 0)
        throw std::runtime_error("the other process said nothing");
    const std::string text(buffer.data(), static_cast<std::size_t>(length));
    const auto function = text.find(' ') + 1;
    const auto words = text.find(' ', function) + 1;
    return {text.substr(function, words - 1 - function), std::stoi(text), text.substr(words)};
}

} // namespace support
