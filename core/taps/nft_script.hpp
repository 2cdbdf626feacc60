// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Makes commands in nft's language.
namespace nflog::nft {

// The name of the chain of a tap. `number`: the tap's number, from 0.
std::string tap_chain(std::size_t number);

// The commands that create the taps: a table in each family of the taps, and for each tap a chain
// with its rule. They connect the chains to no hook, so no packet passes through them yet. The
// commands are in one line, because nft shows only the first line in an error message.
struct Script {
    std::string line;
    struct Part {
        // Position of the command with the tap's rule. nft sometimes detects an error in the user's
        // words only in the chain of the next tap.
        std::size_t begin;
        std::size_t words_at; // position of the user's words
        std::size_t words_length;
    };
    std::vector<Part> taps;
};
Script make_table(const std::string& table, const std::vector<Tap>& taps, std::uint16_t group);

// What nft prints before its message.
constexpr std::string_view before_complaint = "Error: ";
// The text before nft's list of valid alternatives. Since libnftables 1.1.7 the list is in a line
// of its own.
constexpr std::string_view before_expected = "expected any of: ";

} // namespace nflog::nft
