// SPDX-License-Identifier: GPL-2.0-or-later
#include "user_namespace.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace support {

namespace {

// Forks into a new user namespace. unshare(2) requires a single-threaded process, but a sanitizer
// may have threads.
pid_t fork_into_user_namespace()
{
    clone_args how{};
    how.flags = CLONE_NEWUSER;
    how.exit_signal = SIGCHLD;
    const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &how, sizeof how));
    if (pid < 0)
        throw std::system_error(errno, std::generic_category(), "clone3");
    return pid;
}

[[noreturn]] void tell_failure(const std::function<Failure()>& body, int fd)
{
    try {
        const Failure failure = body();
        const std::string text =
            std::to_string(failure.code) + " " + failure.function + " " + failure.words;
        _exit(write(fd, text.data(), text.size()) < 0 ? 1 : 0);
    } catch (...) { // the parent finds that the child wrote nothing
        _exit(1);
    }
}

} // namespace

Failure in_user_namespace(const std::function<Failure()>& body)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    const pid_t pid = fork_into_user_namespace();
    if (pid == 0)
        tell_failure(body, ends[1]);
    close(ends[1]);
    std::array<char, PIPE_BUF> buffer{};
    const ssize_t length = read(ends[0], buffer.data(), buffer.size());
    close(ends[0]);
    waitpid(pid, nullptr, 0);
    if (length <= 0)
        throw std::runtime_error("the process in the user namespace wrote no result");
    const std::string text(buffer.data(), static_cast<std::size_t>(length));
    const auto function = text.find(' ') + 1;
    const auto words = text.find(' ', function) + 1;
    return {text.substr(function, words - 1 - function), std::stoi(text), text.substr(words)};
}

} // namespace support
