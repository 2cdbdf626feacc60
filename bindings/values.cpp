// SPDX-License-Identifier: GPL-2.0-or-later
#include "values.hpp"

#include <cerrno>
#include <cstdio>
#include <limits>

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
    if (value == Limits::min() || value == Limits::max()) // and so maybe one that is wider yet
        static_cast<void>(std::snprintf(words, sizeof words, "%s is out of range: %lld to %lld",
                                        name, range.least, range.most));
    else
        static_cast<void>(std::snprintf(words, sizeof words,
                                        "%s %lld is out of range: %lld to %lld", name, value,
                                        range.least, range.most));
}

} // namespace binding
