// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tap_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nflog {

// The packets that a user wants logged to the capture: a match in nft's language, at one or several
// hooks.
class Tap {
public:
    // Throws Error for an unknown hook, and for a match or an option that would end the rule that
    // contains it. nft checks whether it understands the match, and whether it only matches, when
    // the tap is created.
    Tap(const char* hook, const char* match, TapOptions options = {});

    struct Hook {
        std::string name;   // nft uses the same name
        std::string device; // for ingress; else empty

        bool operator==(const Hook&) const = default;
    };
    // Whether both have the same match at the same hooks.
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
    // The family of the tables that have these hooks: NFPROTO_INET, or NFPROTO_NETDEV for an
    // ingress. The inet family also has an ingress hook, but there the kernel drops packets with
    // headers that it cannot parse.
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
