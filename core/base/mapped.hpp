// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <new>
#include <sys/mman.h>

namespace nflog {

// An object in its own memory pages, so that fork() can treat it differently from other memory.
// With MAP_SHARED, parent and children see the same object.
template <typename T>
class Mapped {
public:
    explicit Mapped(int sharing) // MAP_SHARED or MAP_PRIVATE
    {
        void* const pages =
            // cppcheck-suppress invalidFunctionArg ; -1 is right for an anonymous mapping
            mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            throw std::bad_alloc();
        object_.reset(new (pages) T{});
        // cppcheck-suppress memleak ; Unmap owns the pages
    }

    T& operator*() const noexcept { return *object_; }
    T* operator->() const noexcept { return object_.get(); }

private:
    struct Unmap {
        void operator()(T* object) const noexcept { munmap(object, sizeof(T)); }
    };

    std::unique_ptr<T, Unmap> object_;
};

} // namespace nflog
