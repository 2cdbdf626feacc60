// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cancellation.hpp"
#include "capture.hpp"
#include "cut.hpp"
#include "error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <new>
#include <nflogcap.h>
#include <string>
#include <string_view>

namespace nflog {

// The error text of a handle's last failure.
struct LastError {
    std::string error;

    void remember(std::string_view words) noexcept
    {
        try {
            error = words;
        } catch (...) {
            error.clear(); // no memory for the text: only the code is returned
        }
    }
};

} // namespace nflog

// A handle of the C ABI: the object that it represents, and the error text of its last failure.
struct nflogcap : nflog::LastError {
    nflog::Capture capture;

    // Throws Error if another process owns it.
    nflog::Capture& subject()
    {
        capture.require_owner();
        return capture;
    }
};

namespace nflog {

// For a call that returns only a code.
struct NoWords {
    void remember(std::string_view /*words*/) const noexcept {}
};

// The caller's buffer for the error text of a call that returns no handle on failure.
struct ErrorBuffer {
    char* text; // nullptr: the caller does not want the text
    std::size_t capacity;

    void remember(std::string_view words) const noexcept
    {
        if (capacity == 0)
            return;
        const std::size_t length = cut_length(words, std::min(words.size(), capacity - 1));
        text[words.copy(text, length)] = '\0';
    }
};

// No exception may pass into C, except the one by which glibc cancels a thread. Functions of the C
// ABI run code that can throw in one of the following.

template <typename Result, typename Body>
Result barrier(Result on_failure, Body body) noexcept
{
    const CancellationOff no_cancellation;
    try {
        return body();
    } catch (...) {
        return on_failure;
    }
}

// Returns the code of a failure, and stores its text in `words`.
template <typename Words, typename Body>
int report(Words& words, Body body)
{
    try {
        return body();
    } catch (const Error& failure) {
        words.remember(failure.what());
        return -failure.code();
    } catch (const std::bad_alloc&) {
        words.remember("out of memory"); // so short that storing it needs no memory
        return -ENOMEM;
    } catch (const std::exception& failure) {
        words.remember(failure.what());
        return -EIO;
    }
}

// For functions with a handle that are cancellation points.
template <typename Handle, typename Body>
int guard_cancellable(Handle* handle, Body body)
{
    if (handle == nullptr)
        return -EINVAL;
    return report(*handle, [&] { return body(handle->subject()); });
}

// For all other functions with a handle.
template <typename Handle, typename Body>
int guard(Handle* handle, Body body) noexcept
{
    const CancellationOff no_cancellation;
    return guard_cancellable(handle, body);
}

// For functions without a handle, to which the caller passes a buffer for the error text.
template <typename Body>
int guard(ErrorBuffer error, Body body) noexcept
{
    const CancellationOff no_cancellation;
    if (error.text == nullptr && error.capacity > 0)
        return -EINVAL;
    return report(error, body);
}

inline void require(const void* argument, const char* name)
{
    if (argument == nullptr)
        throw Error(EINVAL, std::string("the argument '") + name + "' is NULL");
}

} // namespace nflog
