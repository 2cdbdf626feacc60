// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

[[noreturn, gnu::cold]] inline void fail(const char* what)
{
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

// Aborts the program if the condition is false; a fuzzer reports that as a finding.
inline void must(bool holds, const char* what)
{
    if (!holds) [[unlikely]]
        fail(what);
}

} // namespace fuzz
