// SPDX-License-Identifier: GPL-2.0-or-later
// What stands in libc's place: the definitions of a program win over those of a shared object, for
// all that it loads. Under other names here, since libc's headers declare each in a way of its own.
#include "seam.hpp"

#include "operator_new.hpp"

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

using seam::Fault;
using seam::strike;

namespace {

// libc's own, or that of a sanitizer which stands before it.
template <typename Function>
Function* next(Function*, const char* name)
{
    const seam::Pass pass;
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int fail(const Fault& fault) noexcept
{
    errno = fault.error;
    return -1;
}

// The descriptors that ring, of which a read or write is another thing than of a file.
std::bitset<FD_SETSIZE>& bells() noexcept
{
    static std::bitset<FD_SETSIZE> descriptors;
    return descriptors;
}

bool is_bell(int fd) noexcept
{
    return fd >= 0 && fd < FD_SETSIZE && bells()[static_cast<std::size_t>(fd)];
}

void set_bell(int fd, bool is) noexcept
{
    if (seam::watched() && fd >= 0 && fd < FD_SETSIZE)
        bells()[static_cast<std::size_t>(fd)] = is;
}

std::size_t shortened(const Fault& fault, std::size_t size) noexcept
{
    if (fault.way == Fault::Way::halves)
        return (size + 1) / 2;
    return fault.way == Fault::Way::trickles ? std::min<std::size_t>(size, 1) : size;
}

const char* name_of_option(int level, int option, bool get) noexcept
{
    if (level == SOL_NETLINK)
        return option == NETLINK_NO_ENOBUFS ? "setsockopt NETLINK_NO_ENOBUFS" : "setsockopt ?";
    switch (option) {
    case SO_RCVBUFFORCE:
        return "setsockopt SO_RCVBUFFORCE";
    case SO_RCVBUF:
        return get ? "getsockopt SO_RCVBUF" : "setsockopt SO_RCVBUF";
    case SO_ATTACH_FILTER:
        return "setsockopt SO_ATTACH_FILTER";
    case SO_DETACH_FILTER:
        return "setsockopt SO_DETACH_FILTER";
    case SO_MEMINFO:
        return "getsockopt SO_MEMINFO";
    case SO_PROTOCOL:
        return "getsockopt SO_PROTOCOL";
    case SO_COOKIE:
        return "getsockopt SO_COOKIE";
    default:
        return get ? "getsockopt ?" : "setsockopt ?";
    }
}

} // namespace

#define DEFINE(result, name, parameters)                                                           \
    extern "C" result interposed_##name parameters __asm__(#name);                                 \
    extern "C" result interposed_##name parameters

// One that fails in one way, and otherwise does what it is to do.
#define FAILS(result, name, parameters, arguments, kind, on_failure)                               \
    DEFINE(result, name, parameters)                                                               \
    {                                                                                              \
        static auto* const real = next(&interposed_##name, #name);                                 \
        if (const Fault fault = strike(kind)) {                                                    \
            errno = fault.error;                                                                   \
            return on_failure;                                                                     \
        }                                                                                          \
        return real arguments;                                                                     \
    }

// The same, once it was done.
#define FAILS_DONE(result, name, parameters, arguments, on_failure)                                \
    DEFINE(result, name, parameters)                                                               \
    {                                                                                              \
        static auto* const real = next(&interposed_##name, #name);                                 \
        const Fault fault = strike(#name);                                                         \
        const result done = real arguments;                                                        \
        if (!fault)                                                                                \
            return done;                                                                           \
        errno = fault.error;                                                                       \
        return on_failure;                                                                         \
    }

// Descriptors

FAILS(int, epoll_create1, (int flags), (flags), "epoll_create1", -1)
FAILS(int, epoll_ctl, (int epoll, int operation, int fd, epoll_event* event),
      (epoll, operation, fd, event), operation == EPOLL_CTL_ADD ? "epoll_ctl ADD" : "epoll_ctl DEL",
      -1)
FAILS(int, epoll_wait, (int epoll, epoll_event* events, int most, int timeout),
      (epoll, events, most, timeout), "epoll_wait", -1)
FAILS(int, timerfd_create, (int clock, int flags), (clock, flags), "timerfd_create", -1)
FAILS(int, timerfd_settime, (int fd, int flags, const itimerspec* to, itimerspec* before),
      (fd, flags, to, before), "timerfd_settime", -1)
FAILS(int, poll, (pollfd * wanted, nfds_t count, int timeout), (wanted, count, timeout), "poll", -1)

DEFINE(int, eventfd, (unsigned value, int flags))
{
    static auto* const real = next(&interposed_eventfd, "eventfd");
    if (const Fault fault = strike("eventfd"))
        return fail(fault);
    const int fd = real(value, flags);
    set_bell(fd, true);
    return fd;
}

DEFINE(int, close, (int fd))
{
    static auto* const real = next(&interposed_close, "close");
    set_bell(fd, false);
    const Fault fault = strike("close");
    const int done = real(fd);
    return fault ? fail(fault) : done;
}

DEFINE(int, fcntl, (int fd, int command, ...))
{
    using Real = int(int, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_fcntl, "fcntl"));
    va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    const char* kind = command == F_DUPFD_CLOEXEC ? "fcntl F_DUPFD_CLOEXEC"
                       : command == F_GETFL       ? "fcntl F_GETFL"
                       : command == F_SETFD       ? "fcntl F_SETFD"
                       : command == F_SETLK       ? "fcntl F_SETLK"
                                                  : "fcntl";
    if (const Fault fault = strike(kind))
        return fail(fault);
    return real(fd, command, argument);
}

// Netlink

FAILS(int, socket, (int domain, int type, int protocol), (domain, type, protocol), "socket", -1)
FAILS(int, bind, (int fd, const sockaddr* address, socklen_t length), (fd, address, length), "bind",
      -1)
FAILS(int, connect, (int fd, const sockaddr* address, socklen_t length), (fd, address, length),
      "connect", -1)
FAILS(ssize_t, getrandom, (void* buffer, size_t size, unsigned flags), (buffer, size, flags),
      "getrandom", -1)
FAILS(int, getsockname, (int fd, sockaddr* address, socklen_t* length), (fd, address, length),
      "getsockname", -1)
FAILS(ssize_t, sendto,
      (int fd, const void* bytes, size_t size, int flags, const sockaddr* to, socklen_t length),
      (fd, bytes, size, flags, to, length), "sendto", -1)
FAILS(ssize_t, send, (int fd, const void* bytes, size_t size, int flags), (fd, bytes, size, flags),
      "send", -1)
FAILS(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags), "sendmsg",
      -1)
FAILS(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags), "recvmsg", -1)
FAILS(int, select, (int count, fd_set* readable, fd_set* writable, fd_set* other, timeval* timeout),
      (count, readable, writable, other, timeout), "select", -1)
FAILS(unsigned, if_nametoindex, (const char* name), (name), "if_nametoindex", 0)
FAILS(char*, if_indextoname, (unsigned index, char* name), (index, name), "if_indextoname", nullptr)

DEFINE(int, setsockopt, (int fd, int level, int option, const void* value, socklen_t length))
{
    static auto* const real = next(&interposed_setsockopt, "setsockopt");
    if (const Fault fault = strike(name_of_option(level, option, false)))
        return fail(fault);
    return real(fd, level, option, value, length);
}

DEFINE(int, getsockopt, (int fd, int level, int option, void* value, socklen_t* length))
{
    static auto* const real = next(&interposed_getsockopt, "getsockopt");
    if (const Fault fault = strike(name_of_option(level, option, true)))
        return fail(fault);
    return real(fd, level, option, value, length);
}

DEFINE(ssize_t, recvfrom,
       (int fd, void* buffer, size_t size, int flags, sockaddr* sender, socklen_t* length))
{
    static auto* const real = next(&interposed_recvfrom, "recvfrom");
    const Fault fault = strike("recvfrom");
    // The kernel never returns EAGAIN for a socket that holds data.
    char first = 0;
    const bool would_lie =
        fault.error == EAGAIN && real(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT, nullptr, nullptr) > 0;
    if (fault.is_failure() && !would_lie)
        return fail(fault);
    const ssize_t got = real(fd, buffer, size, flags, sender, length);
    if (got <= 0 || !fault)
        return got;
    // What goes on beyond the buffer's end has filled it.
    if (fault.way == Fault::Way::truncates) {
        const auto whole = static_cast<size_t>(got);
        std::memset(static_cast<char*>(buffer) + whole, 0, size - whole);
        return static_cast<ssize_t>(size) + 1;
    }
    return static_cast<ssize_t>(shortened(fault, static_cast<size_t>(got)));
}

DEFINE(int, ioctl, (int fd, unsigned long request, ...))
{
    using Real = int(int, unsigned long, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_ioctl, "ioctl"));
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if (const Fault fault = strike(request == SIOCGIFNAME ? "ioctl SIOCGIFNAME" : "ioctl"))
        return fail(fault);
    return real(fd, request, argument);
}

// Network namespaces

FAILS(int, setns, (int fd, int kind), (fd, kind), "setns", -1)

namespace {

struct Beginning {
    void* (*run)(void*);
    void* argument;
    bool watched;
};

void* run_thread(void* beginning)
{
    const Beginning begin = *static_cast<Beginning*>(beginning);
    delete static_cast<Beginning*>(beginning);
    if (begin.watched)
        seam::watch_thread(true);
    void* result = begin.run(begin.argument);
    if (begin.watched)
        seam::watch_thread(false);
    return result;
}

} // namespace

DEFINE(int, pthread_create,
       (pthread_t * thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument))
{
    static auto* const real = next(&interposed_pthread_create, "pthread_create");
    if (const Fault fault = strike("pthread_create"))
        return fault.error;
    const bool watched = seam::watched();
    const seam::Pass pass; // libc keeps the stacks of threads, and what belongs to them
    auto* beginning = new Beginning{run, argument, watched};
    const int error = real(thread, attributes, &run_thread, beginning);
    if (error != 0)
        delete beginning;
    return error;
}

// Files

DEFINE(int, open, (const char* path, int flags, ...))
{
    using Real = int(const char*, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_open, "open"));
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (const Fault fault = strike("open"))
        return fail(fault);
    return real(path, flags, mode);
}

DEFINE(ssize_t, read, (int fd, void* buffer, size_t size))
{
    static auto* const real = next(&interposed_read, "read");
    const Fault fault = strike(is_bell(fd) ? "read eventfd" : "read");
    if (fault.is_failure())
        return fail(fault);
    return fault.way == Fault::Way::ends ? 0 : real(fd, buffer, shortened(fault, size));
}

DEFINE(ssize_t, write, (int fd, const void* bytes, size_t size))
{
    static auto* const real = next(&interposed_write, "write");
    const Fault fault = strike(is_bell(fd) ? "write eventfd" : "write");
    return fault.is_failure() ? fail(fault) : real(fd, bytes, shortened(fault, size));
}

DEFINE(ssize_t, pread, (int fd, void* buffer, size_t size, off_t offset))
{
    static auto* const real = next(&interposed_pread, "pread");
    const Fault fault = strike("pread");
    if (fault.is_failure())
        return fail(fault);
    return fault.way == Fault::Way::ends ? 0 : real(fd, buffer, shortened(fault, size), offset);
}

FAILS(off_t, lseek, (int fd, off_t offset, int whence), (fd, offset, whence), "lseek", -1)
FAILS(int, ftruncate, (int fd, off_t length), (fd, length), "ftruncate", -1)
FAILS(int, memfd_create, (const char* name, unsigned flags), (name, flags), "memfd_create", -1)
FAILS(FILE*, fopencookie, (void* cookie, const char* mode, cookie_io_functions_t functions),
      (cookie, mode, functions), "fopencookie", nullptr)
FAILS_DONE(int, fclose, (FILE * file), (file), EOF)

// /proc. The C++ library opens a directory by descriptor.

FAILS(FILE*, fopen, (const char* path, const char* mode), (path, mode), "fopen", nullptr)
FAILS(DIR*, opendir, (const char* path), (path), "opendir", nullptr)
FAILS(DIR*, fdopendir, (int fd), (fd), "opendir", nullptr)
FAILS(dirent*, readdir, (DIR * directory), (directory), "readdir", nullptr)
FAILS_DONE(int, closedir, (DIR * directory), (directory), -1)
FAILS(ssize_t, readlink, (const char* path, char* buffer, size_t size), (path, buffer, size),
      "readlink", -1)

DEFINE(int, openat, (int directory, const char* path, int flags, ...))
{
    using Real = int(int, const char*, int, ...);
    static auto* const real = reinterpret_cast<Real*>(next(&interposed_openat, "openat"));
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (const Fault fault = strike("open"))
        return fail(fault);
    return real(directory, path, flags, mode);
}

// Pages

FAILS(void*, mmap, (void* at, size_t size, int access, int flags, int fd, off_t offset),
      (at, size, access, flags, fd, offset), "mmap", MAP_FAILED)
FAILS(int, madvise, (void* at, size_t size, int advice), (at, size, advice), "madvise", -1)

// Memory. A sanitizer keeps its own under other names; dlsym() itself allocates.

extern "C" {
[[gnu::weak]] void* __interceptor_malloc(size_t size);
[[gnu::weak]] void* __interceptor_calloc(size_t count, size_t size);
[[gnu::weak]] void* __interceptor_realloc(void* block, size_t size);
[[gnu::weak]] void __interceptor_free(void* block);
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void __libc_free(void* block);
}

namespace {

void* real_malloc(size_t size)
{
    return __interceptor_malloc != nullptr ? __interceptor_malloc(size) : __libc_malloc(size);
}

// The first allocations of a pcap_compile() are those of the scanner that flex made for libpcap.
constexpr int made_by_scanner = 4;
constinit thread_local int left_to_scanner = 0;

bool is_of_scanner() noexcept
{
    return left_to_scanner > 0 && left_to_scanner-- > 0;
}

template <typename Allocate>
void* allocate(const char* kind, Allocate real) noexcept
{
    if (!seam::watched()) // and maybe so early that there is no more than this
        return real();
    if (is_of_scanner())
        kind = "pcap_compile's scanner";
    if (const Fault fault = strike(kind)) {
        errno = fault.error;
        return nullptr;
    }
    void* block = real();
    seam::hold(block);
    return block;
}

} // namespace

void* support::allocate(std::size_t bytes) noexcept
{
    return ::allocate("operator new", [&] { return real_malloc(bytes != 0 ? bytes : 1); });
}

DEFINE(void*, malloc, (size_t size))
{
    return allocate("malloc", [&] { return real_malloc(size); });
}

DEFINE(void*, calloc, (size_t count, size_t size))
{
    return allocate("calloc", [&] {
        return __interceptor_calloc != nullptr ? __interceptor_calloc(count, size)
                                               : __libc_calloc(count, size);
    });
}

DEFINE(void*, realloc, (void* block, size_t size))
{
    return allocate("realloc", [&] {
        seam::let_go(block);
        return __interceptor_realloc != nullptr ? __interceptor_realloc(block, size)
                                                : __libc_realloc(block, size);
    });
}

DEFINE(void, free, (void* block))
{
    seam::let_go(block);
    if (__interceptor_free != nullptr)
        __interceptor_free(block);
    else
        __libc_free(block);
}

DEFINE(int, pcap_compile,
       (pcap_t * pcap, bpf_program* program, const char* expression, int optimise,
        bpf_u_int32 mask))
{
    static auto* const real = next(&interposed_pcap_compile, "pcap_compile");
    left_to_scanner = made_by_scanner;
    const int outcome = real(pcap, program, expression, optimise, mask);
    left_to_scanner = 0;
    return outcome;
}

// With 64-bit offsets glibc calls some of these by other names.

#define ALSO(name, of)                                                                             \
    extern "C" decltype(interposed_##of) interposed_##name __asm__(#name)                          \
        __attribute__((alias(#of)));

ALSO(open64, open)
ALSO(fcntl64, fcntl)
ALSO(lseek64, lseek)
ALSO(mmap64, mmap)
ALSO(pread64, pread)
ALSO(ftruncate64, ftruncate)
ALSO(fopen64, fopen)
ALSO(readdir64, readdir)

// libnftables

// The library finds libnftables' functions in the program, which stand below.
DEFINE(void*, dlopen, (const char* file, int mode))
{
    static auto* const real = next(&interposed_dlopen, "dlopen");
    const bool fails = static_cast<bool>(strike("dlopen"));
    const seam::Pass pass;
    if (fails)
        return real("/nonexistent/library.so", mode);
    const bool is_libnftables = file != nullptr && std::strcmp(file, "libnftables.so.1") == 0;
    return real(is_libnftables ? nullptr : file, mode);
}

DEFINE(nft_ctx*, nft_ctx_new, (std::uint32_t flags))
{
    static auto* const real = next(&interposed_nft_ctx_new, "nft_ctx_new");
    if (const Fault fault = strike("nft_ctx_new")) {
        errno = fault.error;
        return nullptr;
    }
    const seam::Nftables within;
    return real(flags);
}

FAILS(int, nft_ctx_buffer_error, (nft_ctx * context), (context), "nft_ctx_buffer_error", -1)
FAILS(int, nft_ctx_buffer_output, (nft_ctx * context), (context), "nft_ctx_buffer_output", -1)

DEFINE(int, nft_run_cmd_from_buffer, (nft_ctx * context, const char* commands))
{
    static auto* const real = next(&interposed_nft_run_cmd_from_buffer, "nft_run_cmd_from_buffer");
    const seam::Nftables within;
    return real(context, commands);
}

DEFINE(void, nft_ctx_free, (nft_ctx * context))
{
    static auto* const real = next(&interposed_nft_ctx_free, "nft_ctx_free");
    const seam::Nftables within;
    real(context);
}
