// SPDX-License-Identifier: GPL-2.0-or-later
#include "scarcity.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>
#include <system_error>
#include <unistd.h>

namespace {

thread_local bool memory_is_out = false;

void* allocate(std::size_t bytes) noexcept
{
    return memory_is_out ? nullptr : std::malloc(bytes != 0 ? bytes : 1);
}

} // namespace

// Those of the program take the place of the library's too. All of them: what a sanitizer has
// allocated it wants to free itself.
void* operator new(std::size_t bytes)
{
    void* memory = allocate(bytes);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

void* operator new[](std::size_t bytes)
{
    return operator new(bytes);
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept
{
    return allocate(bytes);
}

void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept
{
    return allocate(bytes);
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace support {

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

} // namespace support
