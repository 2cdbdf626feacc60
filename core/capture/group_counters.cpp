// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_counters.hpp"

#include <algorithm>

namespace nflog {

namespace {

auto position(std::vector<GroupCounters>& groups, std::uint16_t group)
{
    return std::ranges::lower_bound(groups, group, {}, &GroupCounters::group);
}

} // namespace

bool GroupTable::add(std::uint16_t group)
{
    const auto at = position(groups_, group);
    if (at != groups_.end() && at->group() == group)
        return false;
    groups_.emplace(at, group);
    return true;
}

GroupCounters* GroupTable::search(std::uint16_t group) noexcept
{
    const auto at = position(groups_, group);
    if (at == groups_.end() || at->group() != group)
        return nullptr;
    places_[group % places_.size()] = static_cast<std::uint16_t>(at - groups_.begin());
    return &*at;
}

} // namespace nflog
