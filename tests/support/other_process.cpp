// SPDX-License-Identifier: GPL-2.0-or-later
#include "other_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace support {

namespace {

[[noreturn]] void run(const std::function<void()>& body, pid_t parent, int ready)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // the kernel kills it when its parent ends
    try {
        if (getppid() == parent)
            body();
        while (write(ready, "!", 1) == 1)
            pause();
    } catch (...) { // the parent finds that nothing was written
    }
    _exit(1);
}

} // namespace

OtherProcess::OtherProcess(const std::function<void()>& body)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0)
        run(body, parent, ends[1]);
    close(ends[1]);
    char byte = 0;
    const bool is_ready = pid_ > 0 && read(ends[0], &byte, 1) == 1;
    close(ends[0]);
    if (!is_ready) {
        kill();
        throw std::runtime_error("the other process failed before it was ready");
    }
}

void OtherProcess::kill()
{
    if (pid_ <= 0)
        return;
    ::kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, -1), nullptr, 0);
}

} // namespace support
