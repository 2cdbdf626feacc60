// SPDX-License-Identifier: GPL-2.0-or-later
// Catch2 itself, which in version 2.x is only a header: compiled once, without optimization.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

int support::run_tests(int argc, char** argv)
{
    return Catch::Session().run(argc, argv);
}
