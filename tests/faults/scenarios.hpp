// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "life.hpp"
#include "seam.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// A scenario is run once for each failure of a call. Each such run is a Life; all of them begin
// with the same preconditions.
struct Scenario {
    using Lead = std::function<void(Life&)>;
    std::string name;
    std::function<Lead()> prepare; // creates the preconditions
    std::vector<seam::Permanent> permanent = {};
};

std::vector<Scenario> live_scenarios();     // captures from the kernel
std::vector<Scenario> savefile_scenarios(); // captures from savefiles, and dumps

// The groups that all scenarios use.
inline constexpr std::uint16_t five = 5;
inline constexpr std::uint16_t six = 6;
inline constexpr int at_last_ms = 2000; // the timeout for something that must arrive
