// SPDX-License-Identifier: GPL-2.0-or-later
#include "values.hpp"

#include <cerrno>
#include <cstdio>
#include <limits>
#include <new>

namespace binding {

void Failure::set(int error, const char* text) noexcept
{
    code = error;
    static_cast<void>(std::snprintf(words, sizeof words, "%s", text));
}

void Failure::set_out_of_range(const char* name, long long value, Range range) noexcept
{
    using Limits = std::numeric_limits<long long>;
    code = -ERANGE;
    // The value may have been outside the range of long long.
    if (value == Limits::min() || value == Limits::max())
        static_cast<void>(std::snprintf(words, sizeof words, "%s is out of range: %lld to %lld",
                                        name, range.least, range.most));
    else
        static_cast<void>(std::snprintf(words, sizeof words,
                                        "%s %lld is out of range: %lld to %lld", name, value,
                                        range.least, range.most));
}

std::string copied_text(const char* name, Bytes text, Failure& failure) noexcept
try {
    if (text.data == nullptr)
        return {};
    std::string copy(static_cast<const char*>(text.data), text.length);
    if (copy.find('\0') != std::string::npos) {
        failure.code = -EINVAL;
        static_cast<void>(
            std::snprintf(failure.words, sizeof failure.words, "the %.100s contains a NUL", name));
    }
    return copy;
} catch (const std::bad_alloc&) {
    failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
    return {};
}

} // namespace binding
