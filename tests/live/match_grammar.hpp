// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <string>

// Makes random matches in nft's language. They can contain everything that an nft rule can contain.
namespace live {

struct Match {
    std::string text;
    bool acts = false;   // contains an action
    bool lasts = false;  // ... with a permanent effect, which nft must not even read
    bool tracks = false; // contains a match on connection tracking
};

class MatchGrammar {
public:
    explicit MatchGrammar(std::uint32_t seed) : random_(seed) {}

    Match next();
    // A number from 0 to limit - 1.
    std::size_t number(std::size_t limit) { return random_() % limit; }

private:
    void expand(const std::string& text, Match& match);

    std::mt19937
        random_; // gives the same numbers on every system; the standard distributions do not
};

} // namespace live
