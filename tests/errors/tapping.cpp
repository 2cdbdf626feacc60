// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of taps that cannot be added.
#include "provocations.hpp"

#include "calls.hpp"
#include "network.hpp"
#include "scarcity.hpp"

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdexcept>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

using support::Handle;
using support::Namespace;
using support::RefusedCall;

namespace {

constexpr uid_t other_user = 65534;

thread_local bool privileged = false; // true: pretend that the program's file has capabilities

} // namespace

// This definition replaces the function of libc, also for calls from the library.
extern "C" unsigned long getauxval(unsigned long type) noexcept
{
    static auto* const real = reinterpret_cast<decltype(&getauxval)>(dlsym(RTLD_NEXT, "getauxval"));
    return type == AT_SECURE && privileged ? 1 : real(type);
}

namespace {

// Returns a handle that captures the group and has one tap.
Handle tapping(const char* hook, const char* match)
{
    Handle handle = capture();
    if (nflogcap_add_tap(handle.get(), hook, match) < 0)
        throw std::runtime_error(nflogcap_error(handle.get()));
    return handle;
}

Failures start_tapping(const char* hook, const char* match)
{
    const Namespace ns;
    return {try_start(tapping(hook, match))};
}

Failures start_tapping_with_refused(RefusedCall call, int error)
{
    return start_with_refused({call}, error, tapping("output", "udp dport 9"));
}

Failures add_tap(const char* hook, const char* match)
{
    const Handle handle = capture();
    return {CALL(nflogcap_add_tap, handle.get(), hook, match)};
}

Failures tap_without_libnftables()
{
    const Namespace ns;
    const Handle handle = tapping("output", "udp dport 9");
    const support::NoLibraries none;
    return {CALL(nflogcap_add_tap, handle.get(), "output", "tcp dport 9"), try_start(handle)};
}

// Changes the user id of one thread only, by the system call, because setresuid(3) changes all
// threads.
Failures tap_with_two_user_ids()
{
    Failures all;
    int error = 0;
    std::thread thread([&] {
        const Namespace ns;
        const Handle handle = tapping("output", "udp dport 9");
        if (syscall(SYS_setresuid, other_user, -1, -1) < 0)
            error = errno;
        else
            all.push_back(try_start(handle));
    });
    thread.join();
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "setresuid");
    return all;
}

Failures tap_with_a_hostile_environment()
{
    const Namespace ns;
    Failures all;
    privileged = true;
    for (const char* name : {"XTABLES_LIBDIR", "IPTABLES_LIB_DIR", "IP6TABLES_LIB_DIR"}) {
        setenv(name, "/tmp", 1);
        all.push_back(try_start(tapping("output", "udp dport 9")));
        unsetenv(name);
    }
    privileged = false;
    return all;
}

Failures tap_without_a_free_group()
{
    const Namespace ns;
    const Handle owner = support::capture_of({});
    for (std::uint32_t number = 65280; number <= UINT16_MAX; ++number)
        nflogcap_add_group(owner.get(), static_cast<std::uint16_t>(number));
    support::start(owner);
    const Handle handle = support::capture_of({});
    nflogcap_add_tap(handle.get(), "output", "udp dport 9");
    return {try_start(handle)};
}

// Returns the number of the descriptor that will be opened after this many others. The kernel
// always chooses the lowest free number.
int descriptor_after(std::size_t others)
{
    std::vector<int> opened;
    while (opened.size() <= others)
        opened.push_back(dup(STDIN_FILENO));
    for (const int fd : opened)
        close(fd);
    return opened.back();
}

Failures tap_with_one_descriptor()
{
    const Namespace ns;
    const Handle handle = tapping("output", "udp dport 9");
    const int last = descriptor_after(0); // the socket of the groups gets this number
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few = {static_cast<rlim_t>(last) + 1, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    Failures all{try_start(handle)};
    setrlimit(RLIMIT_NOFILE, &before);
    return all;
}

Failures tap_with_all_low_descriptors_taken()
{
    const Namespace ns;
    const Handle handle = tapping("output", "udp dport 9");
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit many = {before.rlim_max, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &many);
    std::vector<int> taken;
    do {
        taken.push_back(dup(STDIN_FILENO));
    } while (taken.back() >= 0 && taken.back() < FD_SETSIZE);
    Failures all{try_start(handle)};
    for (const int fd : taken)
        close(fd);
    setrlimit(RLIMIT_NOFILE, &before);
    return all;
}

} // namespace

std::vector<Provocation> provocations_of_tapping()
{
    return {
        {"tap-library", kernel, tap_without_libnftables},
        {"tap-user", kernel, tap_with_two_user_ids},
        {"tap-environment", kernel, tap_with_a_hostile_environment},
        {"tap-hook", kernel, [] { return add_tap("egress", "udp dport 9"); }},
        {"tap-line", kernel, [] { return add_tap("output", "udp dport 9 # drop"); }},
        {"tap-lasting", kernel, [] { return add_tap("output", "ct bytes > 9"); }},
        {"tap-map", kernel, [] { return add_tap("output", "tcp dport map @ports 1"); }},
        {"tap-none", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_tap_group, handle.get())};
         }},
        {"tap-unchosen", kernel,
         [] {
             const Handle handle = support::capture_of({});
             nflogcap_add_tap(handle.get(), "output", "udp dport 9");
             return Failures{CALL(nflogcap_tap_group, handle.get())};
         }},
        {"tap-match", kernel, [] { return start_tapping("output", "udp dprt 9"); }},
        {"tap-more", kernel, [] { return start_tapping("output", "udp dport 9 counter"); }},
        {"tap-many", stand_in, [] { return start_tapping_with_refused({SYS_sendmsg}, ENOBUFS); }},
        {"tap-device", kernel, [] { return start_tapping("ingress:eth7", "udp dport 9"); }},
        {"tap-look", stand_in,
         [] {
             return start_with_refused({{SYS_ioctl, {{1, SIOCGIFINDEX}}}}, EPERM,
                                       tapping("ingress:lo", "udp dport 9"));
         }},
        {"tap-at-hook", kernel, [] { return start_tapping("output", "fib saddr oif lo"); }},
        {"tap-groups", kernel, tap_without_a_free_group},
        {"tap-table", stand_in,
         [] { return start_tapping_with_refused({SYS_sendmsg}, EOPNOTSUPP); }},
        {"tap-query", stand_in,
         [] {
             constexpr std::uint32_t length_of_the_question = 36;
             return start_tapping_with_refused({SYS_sendto, {{2, length_of_the_question}}}, ENOMEM);
         }},
        {"tap-socket", kernel, tap_with_one_descriptor},
        {"tap-descriptor", kernel, tap_with_all_low_descriptors_taken},
        {"tap-keep", stand_in,
         [] {
             return start_tapping_with_refused({SYS_fcntl, {{1, F_DUPFD_CLOEXEC}}}, EMFILE);
         }},
        {"tap-other-sockets", stand_in,
         [] {
             return start_tapping_with_refused({SYS_getsockopt, {{2, SO_PROTOCOL}}}, EPERM);
         }},
    };
}
