// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

// Which hosts are watched, given as shell patterns such as "web-*", and which of their groups.
class HostPatterns {
public:
    // Without patterns: all hosts; without groups: all groups.
    HostPatterns(std::vector<std::string> patterns, std::vector<std::uint16_t> groups);

    // The subject to subscribe to: it covers all messages that match, and possibly others. If only
    // one host is watched it names that host, for a user that may read no other.
    [[nodiscard]] std::string subject() const;

    [[nodiscard]] bool match(const std::string& host, std::uint16_t group) const;

    // The same for a subject; a subject that no host can have does not match.
    [[nodiscard]] bool match_subject(std::string_view subject) const;

private:
    std::vector<std::string> patterns_;
    std::vector<std::uint16_t> groups_;
};

} // namespace fleet
