// SPDX-License-Identifier: GPL-2.0-or-later
// The calls below the library that can fail, with their errors. The errors are those in the man
// pages and in the kernel's code. EPERM is the error of sandboxes, which filter system calls.
#include "seam.hpp"

#include <cerrno>

namespace seam {

namespace {

using Way = Fault::Way;
constexpr Fault half{Way::halves};
constexpr Fault byte_by_byte{Way::trickles};
constexpr Fault end{Way::ends};
constexpr Fault truncated{Way::truncates};

// Returns a fault for each error code, in which one call fails. The first error code also gets a
// fault in which each repetition fails too.
std::vector<Fault> errors(std::initializer_list<int> codes,
                          std::initializer_list<Fault> others = {})
{
    std::vector<Fault> faults{{Way::keeps_failing, *codes.begin()}};
    for (const int code : codes)
        faults.push_back({Way::fails, code});
    faults.insert(faults.end(), others);
    return faults;
}

constexpr const char* ends_the_process = "libnftables ends the process if this call fails";
// Some versions of libnftables do not make all of these calls.
constexpr const char* only_asks = "libnftables works without its result";

} // namespace

const std::vector<Call>& calls()
{
    static const std::vector<Call> all = {
        // descriptors
        {"epoll_create1", errors({EMFILE, ENFILE, ENOMEM})},
        {"eventfd", errors({EMFILE, ENFILE, ENODEV, ENOMEM})},
        {"timerfd_create", errors({EMFILE, ENFILE, ENODEV, ENOMEM, EPERM})},
        {"timerfd_settime", errors({EPERM})},
        {"epoll_ctl ADD", errors({ENOMEM, ENOSPC, EPERM})},
        {"epoll_ctl DEL", errors({ENOENT, EPERM})},
        {"epoll_wait", errors({EPERM, EINTR})},
        {"read eventfd", errors({EPERM, EAGAIN})},
        {"write eventfd", errors({EPERM, EAGAIN})},
        {"fcntl F_DUPFD_CLOEXEC", errors({EMFILE, EINVAL, EPERM})},
        {"fcntl F_GETFL", errors({EPERM})},
        {"fcntl F_SETFD", errors({EPERM})},
        {"fcntl F_SETLK", errors({ENOLCK})},
        {"fcntl F_OFD_GETLK", errors({EINVAL, EPERM})},
        {"fcntl F_ADD_SEALS", errors({EINVAL, EPERM})},
        {"fcntl F_GET_SEALS", errors({EINVAL, EPERM})},
        {"fcntl F_GETFD", errors({EPERM})},
        {"close", errors({EIO, EINTR, ENOSPC, EDQUOT})},
        // netlink
        {"socket",
         errors({EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EAFNOSUPPORT, EPROTONOSUPPORT})},
        {"bind", errors({ENOMEM, EADDRINUSE, EPERM})},
        {"connect", errors({ENOMEM, EPERM})},
        {"getrandom", errors({EPERM, ENOSYS, EINTR})},
        {"getsockname", errors({ENOBUFS, EPERM})},
        {"setsockopt SO_RCVBUFFORCE", errors({EPERM, ENOPROTOOPT})},
        {"setsockopt SO_RCVBUF", errors({EPERM, ENOPROTOOPT})},
        {"setsockopt NETLINK_NO_ENOBUFS", errors({EPERM, ENOPROTOOPT})},
        {"setsockopt SO_ATTACH_FILTER", errors({ENOMEM, EPERM})},
        {"setsockopt SO_DETACH_FILTER", errors({EPERM})},
        {"getsockopt SO_RCVBUF", errors({EPERM, ENOPROTOOPT})},
        {"getsockopt SO_MEMINFO", errors({ENOPROTOOPT, EPERM})},
        {"getsockopt SO_PROTOCOL", errors({EPERM, ENOPROTOOPT})},
        {"getsockopt SO_COOKIE", errors({EPERM, ENOPROTOOPT})},
        {"getsockopt SO_DOMAIN", errors({EPERM, ENOPROTOOPT})},
        {"getsockopt SO_NETNS_COOKIE", errors({EPERM, ENOPROTOOPT})},
        {"sendto", errors({ENOBUFS, ENOMEM, ECONNREFUSED, EPERM, EAGAIN})},
        {"send", errors({ENOBUFS, ENOMEM, EAGAIN, EPERM})},
        {"recvfrom", errors({ENOMEM, ENOBUFS, EPERM, EAGAIN, EINTR}, {half, truncated})},
        {"ioctl SIOCGIFNAME", errors({ENODEV, EPERM})},
        {"if_nametoindex", errors({EMFILE, ENODEV, ENOMEM})},
        {"if_indextoname", errors({EMFILE, ENXIO})},
        // network namespaces
        {"setns", errors({EPERM, EINVAL, ENOMEM})},
        {"pthread_create", errors({EAGAIN, EPERM})},
        // files
        {"open", errors({EMFILE, ENFILE, ENOMEM, EACCES, ENOENT, ELOOP, EINTR, EAGAIN, EIO, ENOSPC,
                         EROFS})},
        {"read", errors({EIO, EISDIR, EINTR, EAGAIN}, {half, byte_by_byte, end})},
        {"pread", errors({EIO, EISDIR, EINTR}, {half, byte_by_byte, end})},
        {"write", errors({ENOSPC, EIO, EPIPE, EDQUOT, EFBIG, EINTR, EAGAIN}, {half, byte_by_byte})},
        {"pwrite", errors({ENOSPC, ENOMEM, EPERM}, {half})},
        {"lseek", errors({ESPIPE, EINVAL, EPERM})},
        {"fstat", errors({EIO, ENOMEM, EOVERFLOW})},
        {"memfd_create", errors({EMFILE, ENFILE, ENOMEM, EINVAL, EPERM})},
        {"ftruncate", errors({EIO, EINTR, EPERM})},
        {"poll", errors({ENOMEM, EINTR})},
        {"fopencookie", errors({ENOMEM})},
        {"fclose", errors({EIO})},
        // /proc
        {"fopen", errors({EMFILE, ENOENT, EACCES, ENOMEM})},
        {"opendir", errors({EMFILE, ENOENT, EACCES, ENOMEM})},
        {"readdir", errors({EIO, ENOMEM})},
        {"closedir", errors({EIO})},
        {"readlink", errors({EACCES, ENOENT, ENOMEM})},
        // memory
        {"mmap", errors({ENOMEM, EPERM})},
        {"madvise", errors({EINVAL, EPERM})},
        {"operator new", errors({ENOMEM})},
        {"malloc", errors({ENOMEM})},
        {"calloc", errors({ENOMEM})},
        {"realloc", errors({ENOMEM})},
        {"pcap_compile's scanner", {}, "libpcap crashes, or ends the process, where it fails"},
        // libnftables, and the calls that its functions make
        {"dlopen", errors({ENOENT})},
        {"nft_ctx_new", errors({ENOMEM})},
        {"nft_ctx_buffer_error", errors({ENOMEM})},
        {"nft_ctx_buffer_output", errors({ENOMEM})},
        {"nft sendmsg", errors({ENOBUFS, ENOMEM})},
        {"nft sendto", errors({ENOBUFS, ENOMEM})},
        {"nft recvmsg", {}, ends_the_process},
        {"nft select", {}, ends_the_process}, // libnftables waits by select() or poll()
        {"nft poll", {}, ends_the_process},
        {"nft readlink", {}, only_asks},
        {"nft setsockopt", {}, only_asks},
        {"nft getsockopt", {}, only_asks},
        {"nft socket", {}, ends_the_process},
        {"nft bind", {}, ends_the_process},
        {"nft getsockname", {}, ends_the_process},
        {"nft malloc", {}, ends_the_process},
        {"nft calloc", {}, ends_the_process},
        {"nft realloc", {}, ends_the_process},
        {"nft fopen", {}, "libnftables works without these files, which contain names for numbers"},
        {"nft fclose", {}, only_asks},
        {"nft readdir", {}, only_asks},
        {"nft opendir", {}, only_asks},
        {"nft closedir", {}, only_asks},
        {"nft close", {}, "libnftables ignores the result"},
        {"nft fcntl", {}, ends_the_process},
        {"nft isatty", {}, only_asks},
    };
    return all;
}

} // namespace seam
