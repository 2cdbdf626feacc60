// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace support {

[[noreturn]] inline void fail(const std::string& what)
{
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Returns the result of a system call. Throws if the call failed.
inline int checked(int result, const char* what)
{
    if (result < 0)
        fail(what);
    return result;
}

} // namespace support
