// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>

namespace support {

struct RefusedCall {
    int number; // system call number, SYS_*
    struct Argument {
        unsigned index;
        std::uint32_t value;
    };
    std::optional<Argument> only_with = std::nullopt; // without a value: with any arguments
};

// Runs a body in a new thread in which these system calls fail with an errno that the kernel itself
// would not return here. The filter for system calls also applies to threads that this thread
// starts, and ends with them.
void refuse(std::initializer_list<RefusedCall> calls, int error, const std::function<void()>& body);

} // namespace support
