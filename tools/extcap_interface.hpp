// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace command {

// An interface that Wireshark lists. Its name is "nflogcap" (a group by number), "nflogcap-5"
// (group 5) or "nflogcap-tap", and ends in '@' and a name of 'ip netns' if it is of another network
// namespace.
struct ExtcapInterface {
    enum class Kind { any_group, one_group, tap };

    Kind kind = Kind::any_group;
    std::uint16_t group = 0; // of one_group
    std::string netns;       // "": the process's own

    [[nodiscard]] std::string name() const;
};

// Throws Failure of wrong_usage if there is no such interface.
ExtcapInterface extcap_interface(std::string_view name);

// All that there are: those of this process's network namespace, then those of each that has a name
// and can be entered. Moves the process into the last of these. As lines for Wireshark.
std::string extcap_interfaces();

} // namespace command
