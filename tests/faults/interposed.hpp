// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "seam.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <dlfcn.h>

// Helpers for functions that replace functions of libc. A definition in the program takes
// precedence over the definition in a shared library, for all libraries that the program loads. The
// replacements have other names in the source, because the declarations in libc's headers would
// conflict with theirs.
namespace seam {

// Returns the function of libc, or that of a sanitizer that replaces it.
template <typename Function>
Function* next(Function*, const char* name)
{
    const Pass pass;
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

inline int fail(const Fault& fault) noexcept
{
    errno = fault.error;
    return -1;
}

inline std::size_t shortened(const Fault& fault, std::size_t size) noexcept
{
    if (fault.way == Fault::Way::halves)
        return (size + 1) / 2;
    return fault.way == Fault::Way::trickles ? std::min<std::size_t>(size, 1) : size;
}

} // namespace seam

#define DEFINE(result, name, parameters)                                                           \
    extern "C" result interposed_##name parameters __asm__(#name);                                 \
    extern "C" result interposed_##name parameters

// Defines a replacement that either fails with an error or calls the real function.
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

// Defines a replacement that always calls the real function, and can report an error afterwards.
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

// With 64-bit offsets, glibc calls some functions by other names.
#define ALSO(name, of)                                                                             \
    extern "C" decltype(interposed_##of) interposed_##name __asm__(#name)                          \
        __attribute__((alias(#of)));
