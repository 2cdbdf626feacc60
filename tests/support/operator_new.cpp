// SPDX-License-Identifier: GPL-2.0-or-later
#include "operator_new.hpp"

#include <cstdlib>
#include <new>

// These functions also replace those that the library uses. All of them are replaced together,
// because memory must be freed by the allocator that allocated it, and a sanitizer has its own.
void* operator new(std::size_t bytes)
{
    void* memory = support::allocate(bytes);
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
    return support::allocate(bytes);
}

void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept
{
    return support::allocate(bytes);
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
