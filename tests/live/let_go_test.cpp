// SPDX-License-Identifier: GPL-2.0-or-later
// A group's owner releases the group while the start of another capture finds out why it was
// refused.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <cerrno>
#include <dirent.h>
#include <dlfcn.h>
#include <functional>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

using support::capture_of;
using support::Handle;
using support::Namespace;

namespace {

thread_local std::function<void()> before_send;
thread_local std::function<void()> after_receive;
thread_local std::function<void()> before_opendir;
thread_local bool in_hook = false;

// Calls a function at certain calls of the library, until the end of the scope; but not at calls
// that a hook makes.
class Hook {
public:
    Hook(std::function<void()>& place, std::function<void()> action) : place_(place)
    {
        place_ = std::move(action);
    }
    ~Hook() { place_ = nullptr; }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

private:
    std::function<void()>& place_;
};

void run(const std::function<void()>& hook)
{
    if (!hook || std::exchange(in_hook, true))
        return;
    hook();
    in_hook = false;
}

} // namespace

// These functions replace libc's, also for the library.
extern "C" ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const sockaddr* to,
                          socklen_t length)
{
    run(before_send);
    return syscall(SYS_sendto, fd, bytes, size, flags, to, length);
}

extern "C" ssize_t recvfrom(int fd, void* bytes, size_t size, int flags, sockaddr* from,
                            socklen_t* length)
{
    const ssize_t received = syscall(SYS_recvfrom, fd, bytes, size, flags, from, length);
    run(after_receive);
    return received;
}

extern "C" DIR* opendir(const char* path)
{
    static auto* const real = reinterpret_cast<DIR* (*)(const char*)>(dlsym(RTLD_NEXT, "opendir"));
    run(before_opendir);
    return real(path);
}

TEST_CASE("a group that its owner releases during the start is captured")
{
    const Namespace ns;
    Handle owner = support::started({5});
    const Handle capture = capture_of({5});
    const Hook hook(after_receive, [&owner] { owner.reset(); });
    CHECK(nflogcap_start(capture.get()) == 0);
    CHECK(owner == nullptr);
}

TEST_CASE("a group that its owners release one after the other is captured")
{
    const Namespace ns;
    constexpr int owner_count = 3;
    int owners = 0;
    Handle owner;
    const Handle capture = capture_of({5});
    const Hook bind_before_each_request(before_send, [&] {
        if (owners < owner_count) {
            owner = support::started({5});
            ++owners;
        }
    });
    const Hook let_go_after_each_refusal(after_receive, [&owner] { owner.reset(); });
    CHECK(nflogcap_start(capture.get()) == 0);
    CHECK(owners == owner_count);
}

TEST_CASE("an owner that releases a group during the search is still named")
{
    const Namespace ns;
    Handle owner = support::started({5});
    const Handle capture = capture_of({5});
    const Hook hook(before_opendir, [&owner] { owner.reset(); });
    CHECK(nflogcap_start(capture.get()) == -EPERM);
    CHECK(owner == nullptr);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring("it is owned by netlink port"));
}

TEST_CASE("a group that its owner keeps is refused with the owner's name")
{
    const Namespace ns;
    const Handle owner = support::started({5});
    const Handle capture = capture_of({5});
    CHECK(nflogcap_start(capture.get()) == -EPERM);
    CHECK_THAT(nflogcap_error(capture.get()), ContainsSubstring("it is owned by"));
}
