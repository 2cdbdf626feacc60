// SPDX-License-Identifier: GPL-2.0-or-later
#include "group_table.hpp"

#include <algorithm>

namespace nflog {

namespace {

template <typename Groups>
auto position(Groups& groups, std::uint16_t group)
{
    return std::ranges::lower_bound(groups, group, {}, &GroupCounters::group);
}

} // namespace

bool GroupTable::add(std::uint16_t group)
{
    if (at(group) != nullptr)
        return false;
    groups_.emplace(position(groups_, group), group);
    return true;
}

const GroupCounters* GroupTable::at(std::uint16_t group) const noexcept
{
    const auto found = position(groups_, group);
    return found != groups_.end() && found->group() == group ? &*found : nullptr;
}

GroupCounters* GroupTable::search(std::uint16_t group) noexcept
{
    const auto found = position(groups_, group);
    if (found == groups_.end() || found->group() != group)
        return nullptr;
    places_[group % places_.size()] = static_cast<std::uint16_t>(found - groups_.begin());
    return &*found;
}

} // namespace nflog
