// SPDX-License-Identifier: GPL-2.0-or-later
#include "scarcity.hpp"

#include "operator_new.hpp"

#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <system_error>
#include <unistd.h>

namespace {

thread_local bool memory_is_out = false;
thread_local bool no_library_loads = false;

} // namespace

// This definition replaces the function of libc, also for calls from the library.
extern "C" __attribute__((visibility("default"))) void* dlopen(const char* file, int mode) noexcept
{
    static auto* const real =
        reinterpret_cast<void* (*)(const char*, int)>(dlsym(RTLD_NEXT, "dlopen"));
    return real(no_library_loads ? "/nonexistent/library.so" : file, mode);
}

namespace support {

void* allocate(std::size_t bytes) noexcept
{
    return memory_is_out ? nullptr : std::malloc(bytes != 0 ? bytes : 1);
}

NoDescriptors::NoDescriptors()
{
    const int lowest_free = dup(STDERR_FILENO);
    if (lowest_free < 0 || getrlimit(RLIMIT_NOFILE, &before_) < 0)
        throw std::system_error(errno, std::generic_category(), "RLIMIT_NOFILE");
    close(lowest_free);
    const rlimit none_left{static_cast<rlim_t>(lowest_free), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none_left);
}

NoDescriptors::~NoDescriptors()
{
    setrlimit(RLIMIT_NOFILE, &before_);
}

NoMemory::NoMemory()
{
    memory_is_out = true;
}

NoMemory::~NoMemory()
{
    memory_is_out = false;
}

NoLibraries::NoLibraries()
{
    no_library_loads = true;
}

NoLibraries::~NoLibraries()
{
    no_library_loads = false;
}

} // namespace support
