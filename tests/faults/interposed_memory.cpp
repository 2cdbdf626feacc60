// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libc: functions that allocate and free memory.
#include "interposed.hpp"

#include "operator_new.hpp"

#include <cerrno>
#include <cstddef>
#include <dlfcn.h>
#include <pcap/pcap.h>
#include <sys/mman.h>
#include <sys/types.h>

using seam::Fault;
using seam::next;
using seam::strike;

FAILS(void*, mmap, (void* at, size_t size, int access, int flags, int fd, off_t offset),
      (at, size, access, flags, fd, offset), "mmap", MAP_FAILED)
FAILS(int, madvise, (void* at, size_t size, int advice), (at, size, advice), "madvise", -1)

ALSO(mmap64, mmap)

// The real functions. dlsym() cannot find them, because it allocates memory itself. A sanitizer has
// its own, with other names.

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

// The first four allocations of pcap_compile() are made by libpcap's scanner, which flex generated.
// libpcap 1.11 makes one more allocation before them.
constexpr int made_by_scanner = 5;
constinit thread_local int left_to_scanner = 0;

bool is_of_scanner() noexcept
{
    return left_to_scanner > 0 && left_to_scanner-- > 0;
}

template <typename Allocate>
void* allocate(const char* kind, Allocate real) noexcept
{
    if (!seam::watched()) // too early for anything else, if the process is starting
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
