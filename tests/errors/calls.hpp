// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"
#include "provocations.hpp"
#include "refused_call.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

// The calls that several provocations make, and their results.

constexpr std::uint16_t group = 5;
inline const nflogcap_packet* packet = nullptr; // the last packet

Failure failure(const char* function, int code, nflogcap* handle);

// The result of a call of that function on that handle.
#define CALL(function, handle, ...)                                                                \
    failure(#function, function(handle __VA_OPT__(, ) __VA_ARGS__), handle)

// The same for a call that creates a handle.
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

// One that captures the group.
support::Handle capture();

Failure try_start(const support::Handle& handle);

// The start of a capture of the group, with these system calls refused.
Failures start_with_refused(std::initializer_list<support::RefusedCall> calls, int error,
                            const support::Handle& handle = capture());

// Each function that sets an option for the next start, with a value that it accepts.
Failures all_settings(nflogcap* handle);

Failures next_and_next_batch(const support::Handle& handle, int timeout_ms);
