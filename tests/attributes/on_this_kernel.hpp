// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "catch.hpp"
#include "logged_packet.hpp"

#include <cstdlib>
#include <string>

namespace attributes {

// Runs a test's body. If this kernel lacks a feature that the body needs, the test reports that. It
// fails then if live tests are required.
template <typename Body>
void on_this_kernel(const Body& body)
{
    try {
        body();
    } catch (const NotOnThisKernel& lack) {
        const char* required = std::getenv("NFLOGCAP_REQUIRE_LIVE");
        if (required != nullptr && std::string(required) == "1")
            FAIL("not on this kernel: " << lack.what());
        WARN("not on this kernel: " << lack.what());
    }
}

// Runs the body in a section for each scenario.
template <typename Body>
void each_scenario(const Body& body)
{
    for (const Scenario& scenario : scenarios()) {
        DYNAMIC_SECTION(words(scenario))
        {
            on_this_kernel([&] { body(scenario); });
        }
    }
}

} // namespace attributes
