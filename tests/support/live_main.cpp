// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"
#include "network.hpp"

int main(int argc, char** argv)
{
    support::require_live();
    return support::run_tests(argc, argv);
}
