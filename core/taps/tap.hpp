// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nflog {

// Describes which packets are logged to the capture: a match in nft's language, at one or several
// hooks.
class Tap {
public:
    // Throws Error if the hook is unknown, or if the match or an option could end the rule that
    // contains it. Later, when the tap is created, nft checks whether it understands the match, and
    // the library checks whether the match only matches packets.
    Tap(const char* hook, const char* match, TapOptions options = {});

    struct Hook {
        std::string name;   // as in nft
        std::string device; // only at the ingress hook; otherwise empty

        bool operator==(const Hook&) const = default;
    };
    // Whether both taps have the same match at the same hooks.
    [[nodiscard]] bool is_same_as(const Tap& other) const
    {
        return hooks_ == other.hooks_ && match_ == other.match_;
    }

    // Whether both taps also have the same options.
    bool operator==(const Tap& other) const
    {
        return is_same_as(other) && options_ == other.options_;
    }

    [[nodiscard]] const std::vector<Hook>& hooks() const noexcept { return hooks_; }
    // The family of the tables for these hooks: NFPROTO_NETDEV for an ingress hook, otherwise
    // NFPROTO_INET. The inet family also has an ingress hook, but there the kernel drops packets if
    // it cannot parse their headers.
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
