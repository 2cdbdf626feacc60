// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_counters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nflog {

// The counters of a capture's groups. find() remembers where each group is by the last bits of its
// number, which differ if groups are numbered in a row.
class GroupTable {
public:
    // False if it was added before.
    bool add(std::uint16_t group);

    // nullptr if it was not added. The owner's thread.
    GroupCounters* find(std::uint16_t group) noexcept
    {
        if (groups_.empty())
            return nullptr;
        GroupCounters& last = groups_[places_[group % places_.size()]];
        return last.group() == group ? &last : search(group);
    }
    // The same for any thread that keeps add() away.
    [[nodiscard]] const GroupCounters* at(std::uint16_t group) const noexcept;

    // Its place in the order of the numbers.
    [[nodiscard]] std::size_t place(const GroupCounters& group) const noexcept
    {
        return static_cast<std::size_t>(&group - groups_.data());
    }

    auto begin() noexcept { return groups_.begin(); }
    [[nodiscard]] auto begin() const noexcept { return groups_.begin(); }
    auto end() noexcept { return groups_.end(); }
    [[nodiscard]] auto end() const noexcept { return groups_.end(); }
    [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }

private:
    GroupCounters* search(std::uint16_t group) noexcept;

    static constexpr std::size_t remembered_count = 1024;

    std::vector<GroupCounters> groups_;                    // ascending
    std::array<std::uint16_t, remembered_count> places_{}; // in groups_, which only grows
};

} // namespace nflog
