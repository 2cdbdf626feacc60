// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>

// Helpers for captures with taps.
namespace live {

struct Tapped {
    const char* hook;
    const char* match;
};

support::Handle tapping(std::initializer_list<Tapped> taps,
                        std::initializer_list<std::uint16_t> groups = {});
support::Handle started(std::initializer_list<Tapped> taps,
                        std::initializer_list<std::uint16_t> groups = {});

// A table with a rule that logs UDP to a port at the input hook, to the group, and drops it.
std::string log_input(std::uint16_t port, std::uint16_t group);

// A table that drops UDP after the taps, so that no ICMP error is sent.
constexpr const char* drop_udp = "table inet sink {\n chain c {\n  type filter hook input priority "
                                 "200\n  meta l4proto udp drop\n }\n}\n";

// Reads packets until none arrives for 200 ms, and returns their number.
std::uint64_t read_all(const support::Handle& capture);

// Stops the capture, and counts the packets that it still delivers.
std::uint64_t rest_of(const support::Handle& capture);

// The list of all rules, from nft.
std::string ruleset();

} // namespace live
