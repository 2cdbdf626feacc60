// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Commands for nft, in its language.
namespace nflog::nft {

// The name of the chain of the tap with that number, counted from 0.
std::string tap_chain(std::size_t number);

// The commands that create a table in each family of the taps, and for each tap a chain with its
// rule. No packet passes through these chains yet. The commands are in one line, because nft shows
// only the first line in an error message.
struct Script {
    std::string line;
    struct Part {
        // Position of the command with the tap's rule. nft sometimes reports an error in the words
        // only in the chain of the next tap.
        std::size_t begin;
        std::size_t words_at; // position of the user's words
        std::size_t words_length;
    };
    std::vector<Part> taps;
};
Script make_table(const std::string& table, const std::vector<Tap>& taps, std::uint16_t group);

// What nft prints before its message.
constexpr std::string_view before_complaint = "Error: ";
// nft's list of valid alternatives, in a separate line since libnftables 1.1.7.
constexpr std::string_view before_expected = "expected any of: ";

} // namespace nflog::nft
