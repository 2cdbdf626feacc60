// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What is said to nft, in its language.
namespace nflog::nft {

// The chain of the tap of that number, counted from 0.
std::string tap_chain(std::size_t number);

// The commands that make a table in each family that the taps are of, and for each tap a chain with
// its rule. No packet passes these
// chains yet. They stand in one line, since nft shows only the first line in a complaint.
struct Script {
    std::string line;
    struct Part {
        // Where in the line the command with the tap's rule begins. What nft finds wrong with the
        // words shows at times not before the chain of the tap that follows.
        std::size_t begin;
        std::size_t words_at; // and where the user's words do
        std::size_t words_length;
    };
    std::vector<Part> taps;
};
Script make_table(const std::string& table, const std::vector<Tap>& taps, std::uint16_t group);

// What nft prints before the words of a complaint.
constexpr std::string_view before_complaint = "Error: ";
// What would have been right, in a line of its own since libnftables 1.1.7.
constexpr std::string_view before_expected = "expected any of: ";

} // namespace nflog::nft
