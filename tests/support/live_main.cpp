// SPDX-License-Identifier: GPL-2.0-or-later
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"
#include "network.hpp"

int main(int argc, char** argv)
{
    support::require_live();
    return Catch::Session().run(argc, argv);
}
