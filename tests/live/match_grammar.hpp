// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <string>

// Random matches in nft's language, with everything that an nft rule can contain.
namespace live {

struct Match {
    std::string text;
    bool acts = false;   // contains a part that does more than match
    bool lasts = false;  // ... that nft must not even read, because the effect would be permanent
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

    std::mt19937 random_; // the same numbers on every system, unlike the standard distributions
};

} // namespace live
