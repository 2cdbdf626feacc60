// SPDX-License-Identifier: GPL-2.0-or-later
#include "captured_groups.hpp"

#include <algorithm>

namespace command {

std::vector<std::uint16_t> groups_of(const Handle& handle, const CaptureOptions& options)
{
    std::vector<std::uint16_t> groups = options.groups;
    if (options.tap) {
        const auto group =
            static_cast<std::uint16_t>(check(handle, nflogcap_tap_group(handle.get())));
        if (std::ranges::find(groups, group) == groups.end())
            groups.push_back(group);
    }
    return groups;
}

} // namespace command
