// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

// Selects hosts by shell patterns such as "web-*", and their groups by number.
class HostPatterns {
public:
    // Without patterns, all hosts match. Without groups, all groups match.
    HostPatterns(std::vector<std::string> patterns, std::vector<std::uint16_t> groups);

    // Returns the subject to subscribe to. It covers all messages that match, and possibly other
    // messages. If only one host is selected, the subject contains its name, because the user may
    // have no permission for other hosts.
    [[nodiscard]] std::string subject() const;

    [[nodiscard]] bool match(const std::string& host, std::uint16_t group) const;

    // Returns whether a subject belongs to a selected host and group. A subject that no host can
    // have does not match.
    [[nodiscard]] bool match_subject(std::string_view subject) const;

private:
    std::vector<std::string> patterns_;
    std::vector<std::uint16_t> groups_;
};

} // namespace fleet
