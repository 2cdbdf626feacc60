// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"
#include "provocations.hpp"
#include "refused_call.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

// Calls that several provocations make.

constexpr std::uint16_t group = 5;
inline const nflogcap_packet* packet = nullptr; // the packet that the last call returned

Failure failure(const char* function, int code, nflogcap* handle);

// Calls a function on a handle. Returns its failure.
#define CALL(function, handle, ...)                                                                \
    failure(#function, function(handle __VA_OPT__(, ) __VA_ARGS__), handle)

// Calls a function that creates a handle. Returns its failure.
#define CALL_OPEN(function, ...)                                                                   \
    open_failure(#function, [&](char* error, std::size_t capacity) {                               \
        return function(__VA_ARGS__, error, capacity);                                             \
    })

template <typename Open>
Failure open_failure(const char* function, Open open)
{
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    const int code = open(error.data(), error.size());
    return {function, code, error.data()};
}

// Returns a handle that captures the group, and is not started.
support::Handle capture();

Failure try_start(const support::Handle& handle);

// Starts a capture of the group while these system calls fail with `error`.
Failures start_with_refused(std::initializer_list<support::RefusedCall> calls, int error,
                            const support::Handle& handle = capture());

// Calls each function that sets an option for the next start, with a value that it accepts.
Failures all_settings(nflogcap* handle);

Failures next_and_next_batch(const support::Handle& handle, int timeout_ms);
