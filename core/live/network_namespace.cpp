// SPDX-License-Identifier: GPL-2.0-or-later
#include "network_namespace.hpp"

#include "error.hpp"
#include "file_descriptor.hpp"
#include "signals_blocked.hpp"

#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <sched.h>
#include <system_error>
#include <thread>

namespace nflog {

namespace {

void enter(const std::string& path)
{
    const std::string what = "cannot enter the network namespace " + path;
    // O_NONBLOCK: if the file is a FIFO, open() does not wait for a writer.
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        throw system_failure(what, errno);
    if (setns(file.get(), CLONE_NEWNET) == 0)
        return;
    switch (errno) {
    case EINVAL:
        throw Error(EINVAL, what + ": that file is not a network namespace; name one of "
                                   "/run/netns, or /proc/PID/ns/net");
    case EPERM:
        throw Error(EPERM, what + ": this requires CAP_SYS_ADMIN, also in the user namespace that "
                                  "owns it; run as root");
    default:
        throw system_failure(what, errno);
    }
}

template <typename Run>
std::thread start(const Run& run, const std::string& path)
{
    try {
        return std::thread(run);
    } catch (const std::system_error& why) {
        throw system_failure("cannot start a thread to enter the network namespace " + path,
                             why.code().value());
    }
}

} // namespace

void run_in_network_namespace(const std::string& path, const std::function<void()>& body)
{
    std::exception_ptr failure;
    const auto run = [&]() noexcept {
        try {
            enter(path);
            body();
        } catch (...) {
            failure = std::current_exception();
        }
    };
    {
        std::thread thread;
        {
            const SignalsBlocked blocked;
            thread = start(run, path);
        }
        thread.join();
    }
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace nflog
