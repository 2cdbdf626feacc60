// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace command {

// An interface that Wireshark lists. Its name is "nflogcap" (a group by number), "nflogcap-5"
// (group 5) or "nflogcap-tap". If it belongs to another network namespace, the name ends with '@'
// and the namespace's name from 'ip netns'.
struct ExtcapInterface {
    enum class Kind { any_group, one_group, tap };

    Kind kind = Kind::any_group;
    std::uint16_t group = 0; // for one_group
    std::string netns;       // "": that of the process

    [[nodiscard]] std::string name() const;
};

// Throws Failure of wrong_usage if there is no such interface.
ExtcapInterface extcap_interface(std::string_view name);

// All interfaces, as lines for Wireshark: those of this process's network namespace, then those of
// each network namespace that has a name and can be entered. Leaves the process in the last of
// these namespaces.
std::string extcap_interfaces();

} // namespace command
