// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_counters.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace nflog {

// The counters of a capture's groups, in the order in which the groups were added. The counters of
// a removed group remain.
class GroupTable {
public:
    // The group must not be in the table.
    GroupCounters& add(std::uint16_t group)
    {
        places_.resize(std::max(places_.size(), std::size_t{group} + 1));
        places_[group] = static_cast<std::uint16_t>(groups_.size());
        return groups_.emplace_back(group);
    }
    // Removes the group that was added last.
    void take_back() noexcept { groups_.pop_back(); }

    // Returns nullptr if the group was never added. Any thread can call this while no other thread
    // calls add().
    GroupCounters* find(std::uint16_t group) noexcept
    {
        const std::size_t place = group < places_.size() ? places_[group] : groups_.size();
        return place < groups_.size() && groups_[place].group() == group ? &groups_[place]
                                                                         : nullptr;
    }
    [[nodiscard]] const GroupCounters* find(std::uint16_t group) const noexcept
    {
        return const_cast<GroupTable*>(this)->find(group);
    }
    [[nodiscard]] GroupCounters& at(std::size_t place) noexcept { return groups_[place]; }
    [[nodiscard]] const GroupCounters& at(std::size_t place) const noexcept
    {
        return groups_[place];
    }
    // The index of a group, from 0; it never changes.
    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return places_[group.group()];
    }

    auto begin() noexcept { return groups_.begin(); }
    [[nodiscard]] auto begin() const noexcept { return groups_.begin(); }
    auto end() noexcept { return groups_.end(); }
    [[nodiscard]] auto end() const noexcept { return groups_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }

private:
    static constexpr std::size_t number_count = std::size_t{1} << 16U; // number of possible groups

    std::deque<GroupCounters> groups_;
    std::vector<std::uint16_t> places_; // indexed by group number
};

} // namespace nflog
