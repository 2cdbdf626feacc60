// SPDX-License-Identifier: GPL-2.0-or-later
#include "operator_new.hpp"

#include <cstdlib>
#include <new>

// The program's functions also replace those of the library. All of them are replaced, because a
// sanitizer must free what it has allocated.
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
