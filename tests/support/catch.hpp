// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Catch2 2.x has one header, and 3.x has several headers.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& part)
{
    return Catch::Matchers::Contains(part);
}
#endif

namespace support {

// Runs the test cases that the program's arguments select. Returns the result for main().
int run_tests(int argc, char** argv);

} // namespace support
