// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_counters.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace nflog {

// The counters of a capture's groups, in the order in which they were added; those of a removed
// group stay.
class GroupTable {
public:
    // A group that is not in the table.
    GroupCounters& add(std::uint16_t group)
    {
        places_.resize(std::max(places_.size(), std::size_t{group} + 1));
        places_[group] = static_cast<std::uint16_t>(groups_.size());
        return groups_.emplace_back(group);
    }
    // The one that was added last.
    void take_back() noexcept { groups_.pop_back(); }

    // nullptr if it was never added. Any thread that keeps add() away.
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
    // Where it stands, from 0. It stays there.
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
    static constexpr std::size_t number_count = std::size_t{1}
                                                << 16U; // of groups that there can be

    std::deque<GroupCounters> groups_;
    std::vector<std::uint16_t> places_; // by the number of the group
};

} // namespace nflog
