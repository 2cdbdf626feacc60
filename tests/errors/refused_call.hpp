// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>

namespace support {

struct RefusedCall {
    int number; // SYS_*
    struct Argument {
        unsigned index;
        std::uint32_t value;
    };
    std::optional<Argument> only_with = std::nullopt; // none: with any arguments
};

// Runs a body in a thread in which these system calls fail with an errno, as a healthy kernel would
// not do. The filter ends with its thread, and also applies to the threads that this one starts.
void refuse(std::initializer_list<RefusedCall> calls, int error, const std::function<void()>& body);

} // namespace support
