// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "seam.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <dlfcn.h>

// For functions that replace those of libc: the definitions of a program take precedence over those
// of a shared object, for everything that it loads. They have other names in the source, because
// libc's headers declare each differently.
namespace seam {

// The function of libc, or of a sanitizer that replaces it.
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

// A function that fails in one way, and otherwise does its work.
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

// The same, after its work was done.
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
