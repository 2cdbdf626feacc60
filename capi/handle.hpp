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

// The words of a handle's last failure.
struct LastError {
    std::string error;

    void remember(std::string_view words) noexcept
    {
        try {
            error = words;
        } catch (...) {
            error.clear(); // the code is all that there is memory for
        }
    }
};

} // namespace nflog

// What a handle of the C ABI is: what it stands for, and the words of its last failure.
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

// For a call whose code says enough.
struct NoWords {
    void remember(std::string_view /*words*/) const noexcept {}
};

// The caller's buffer for the words of a call that returns no handle on failure.
struct ErrorBuffer {
    char* text; // nullptr: the words are not wanted
    std::size_t capacity;

    void remember(std::string_view words) const noexcept
    {
        if (capacity == 0)
            return;
        const std::size_t length = cut_length(words, std::min(words.size(), capacity - 1));
        text[words.copy(text, length)] = '\0';
    }
};

// No exception may pass into C, but the one by which glibc cancels a thread. An entry runs what can
// throw in one of the following.

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

// Returns the code of a failure; `words` remembers its words.
template <typename Words, typename Body>
int report(Words& words, Body body)
{
    try {
        return body();
    } catch (const Error& failure) {
        words.remember(failure.what());
        return -failure.code();
    } catch (const std::bad_alloc&) {
        words.remember("out of memory"); // short enough to need none
        return -ENOMEM;
    } catch (const std::exception& failure) {
        words.remember(failure.what());
        return -EIO;
    }
}

// For an entry that works on a handle and is a cancellation point.
template <typename Handle, typename Body>
int guard_cancellable(Handle* handle, Body body)
{
    if (handle == nullptr)
        return -EINVAL;
    return report(*handle, [&] { return body(handle->subject()); });
}

// For all others that work on a handle.
template <typename Handle, typename Body>
int guard(Handle* handle, Body body) noexcept
{
    const CancellationOff no_cancellation;
    return guard_cancellable(handle, body);
}

// For an entry without a handle, whose caller passes a buffer for the words.
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
