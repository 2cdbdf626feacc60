// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>

// Captures with taps.
namespace live {

struct Tapped {
    const char* hook;
    const char* match;
};

support::Handle tapping(std::initializer_list<Tapped> taps,
                        std::initializer_list<std::uint16_t> groups = {});
support::Handle started(std::initializer_list<Tapped> taps,
                        std::initializer_list<std::uint16_t> groups = {});

// Stops the capture, and counts what it then still gives.
std::uint64_t rest_of(const support::Handle& capture);

// nft's list of all rules.
std::string ruleset();

} // namespace live
