// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "life.hpp"
#include "seam.hpp"

#include <functional>
#include <string>
#include <vector>

// A kind of life, and the ground that it is led on, which lasts for many of them.
struct Scenario {
    using Lead = std::function<void(Life&)>;
    std::string name;
    std::function<Lead()> lay; // the ground
    std::vector<seam::Standing> standing = {};
};
const std::vector<Scenario>& scenarios();
