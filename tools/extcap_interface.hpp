// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace command {

// An interface that Wireshark lists. Its name is "nflogcap" (the user gives the group's number),
// "nflogcap-5" (group 5) or "nflogcap-tap". For another network namespace, '@' and the namespace's
// name in 'ip netns' are appended.
struct ExtcapInterface {
    enum class Kind { any_group, one_group, tap };

    Kind kind = Kind::any_group;
    std::uint16_t group = 0; // only if the kind is one_group
    std::string netns;       // name of the network namespace; "": the process's own

    [[nodiscard]] std::string name() const;
};

// Throws Failure with wrong_usage if there is no such interface.
ExtcapInterface extcap_interface(std::string_view name);

// Returns all interfaces as lines for Wireshark. First come those of this process's network
// namespace, then those of each network namespace that has a name and that the process can enter.
// Leaves the process in the last namespace that it entered.
std::string extcap_interfaces();

} // namespace command
