// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nflog {

// What a user wants logged to the capture: a match in nft's words, at one hook or several.
class Tap {
public:
    // Throws Error for a hook that there is not, and for a match or an option that would end the
    // rule it stands in. Whether nft understands the match, and whether it only matches, shows when
    // it is laid.
    Tap(const char* hook, const char* match, TapOptions options = {});

    struct Hook {
        std::string name;   // in nft's words, too
        std::string device; // of ingress; empty at the others

        bool operator==(const Hook&) const = default;
    };
    // Whether both match the same at the same hooks.
    [[nodiscard]] bool is_same_as(const Tap& other) const
    {
        return hooks_ == other.hooks_ && match_ == other.match_;
    }

    // Whether the kernel does the same for both.
    bool operator==(const Tap& other) const
    {
        return is_same_as(other) && options_ == other.options_;
    }

    [[nodiscard]] const std::vector<Hook>& hooks() const noexcept { return hooks_; }
    // Of the tables that have these hooks: NFPROTO_INET, or NFPROTO_NETDEV for an ingress. The inet
    // family has an ingress, too, but there the kernel drops packets whose headers it cannot
    // follow.
    [[nodiscard]] std::uint8_t family() const noexcept;
    [[nodiscard]] const std::string& match() const noexcept { return match_; } // empty: all packets
    [[nodiscard]] const TapOptions& options() const noexcept { return options_; }
    [[nodiscard]] std::int32_t priority() const noexcept { return priority_; }

private:
    std::vector<Hook> hooks_;
    std::string match_;
    TapOptions options_;
    std::int32_t priority_;
};

} // namespace nflog
