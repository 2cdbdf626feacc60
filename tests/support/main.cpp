// SPDX-License-Identifier: GPL-2.0-or-later
#include "catch.hpp"

int main(int argc, char** argv)
{
    return support::run_tests(argc, argv);
}
