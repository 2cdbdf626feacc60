// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"
#include "error.hpp"

#include <cerrno>
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

    nflog::Capture& subject() noexcept { return capture; }
};

namespace nflog {

// No exception passes into C: what may throw is called in one of these, but for what makes handles,
// which catches it itself.

template <typename Result, typename Body>
Result barrier(Result on_failure, Body body) noexcept
{
    try {
        return body();
    } catch (...) {
        return on_failure;
    }
}

// For an entry that works on a handle: tells the failure by its code, and the handle the words.
template <typename Handle, typename Body>
int guard(Handle* handle, Body body) noexcept
{
    if (handle == nullptr)
        return -EINVAL;
    try {
        return body(handle->subject());
    } catch (const Error& failure) {
        handle->remember(failure.what());
        return -failure.code();
    } catch (const std::bad_alloc&) {
        handle->remember("out of memory"); // short enough to need none
        return -ENOMEM;
    } catch (const std::exception& failure) {
        handle->remember(failure.what());
        return -EIO;
    } catch (...) {
        handle->remember("unknown failure");
        return -EIO;
    }
}

inline void require(const void* argument, const char* name)
{
    if (argument == nullptr)
        throw Error(EINVAL, std::string("the argument '") + name + "' is NULL");
}

} // namespace nflog
