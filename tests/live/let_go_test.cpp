// SPDX-License-Identifier: GPL-2.0-or-later
// The owner of a group lets go of it while a capture is refused.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <cerrno>
#include <functional>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

using support::capture_of;
using support::Handle;
using support::Namespace;

namespace {

thread_local std::function<void()> after_receive;

} // namespace

// This stands before libc's own, for the library.
extern "C" ssize_t recvfrom(int fd, void* bytes, size_t size, int flags, sockaddr* from,
                            socklen_t* length)
{
    const ssize_t received = syscall(SYS_recvfrom, fd, bytes, size, flags, from, length);
    if (const auto hook = std::exchange(after_receive, nullptr))
        hook();
    return received;
}

TEST_CASE("a group whose owner lets go of it while it is asked for is captured")
{
    const Namespace ns;
    Handle owner = support::started({5});
    const Handle capture = capture_of({5});
    after_receive = [&owner] { owner.reset(); };
    CHECK(nflogcap_start(capture.get()) == 0);
    CHECK(owner == nullptr);
}

TEST_CASE("a group whose owner keeps it is refused with the owner's name")
{
    const Namespace ns;
    const Handle owner = support::started({5});
    const Handle capture = capture_of({5});
    CHECK(nflogcap_start(capture.get()) == -EPERM);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring("it is owned by"));
}
