// SPDX-License-Identifier: GPL-2.0-or-later
// Compiles Catch2 2.x, which consists only of a header, once and without optimization.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

int support::run_tests(int argc, char** argv)
{
    return Catch::Session().run(argc, argv);
}
