// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

// Which hosts are watched, by patterns of a shell such as "web-*", and which of their groups.
class HostPatterns {
public:
    // Without a pattern all hosts; without a group all groups.
    HostPatterns(std::vector<std::string> patterns, std::vector<std::uint16_t> groups);

    // What to subscribe to: a subject that has all messages that match, and maybe others. It names
    // the host if there is one alone, for a user that may read no other.
    [[nodiscard]] std::string subject() const;

    [[nodiscard]] bool match(const std::string& host, std::uint16_t group) const;

    // The same of a subject; a subject that no host sends to does not match.
    [[nodiscard]] bool match_subject(std::string_view subject) const;

private:
    std::vector<std::string> patterns_;
    std::vector<std::uint16_t> groups_;
};

} // namespace fleet
