// SPDX-License-Identifier: GPL-2.0-or-later
#include "network_namespace.hpp"

#include "error.hpp"
#include "file_descriptor.hpp"

#include <cerrno>
#include <csignal>
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
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        throw system_failure(what, errno);
    if (setns(file.get(), CLONE_NEWNET) == 0)
        return;
    switch (errno) {
    case EINVAL:
        throw Error(EINVAL, what + ": that file is not a network namespace; name one of "
                                   "/run/netns, or /proc/PID/ns/net");
    case EPERM:
        throw Error(EPERM, what + ": that takes CAP_SYS_ADMIN, in the user namespace that owns it "
                                  "too; run as root");
    default:
        throw system_failure(what, errno);
    }
}

// No signal of the program's is handled on a thread that it knows nothing of: a thread inherits
// the mask of the one that starts it.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept
    {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked(SignalsBlocked&&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(SignalsBlocked&&) = delete;

private:
    sigset_t before_{};
};

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
