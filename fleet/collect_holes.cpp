// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_holes.hpp"

#include "collect_sums.hpp"

#include <algorithm>

namespace fleet {

void Holes::add(const Hole& hole)
{
    ranges_.push_back(hole);
    if (ranges_.size() > max_ranges)
        forget_oldest();
}

void Holes::add_unnamed(std::uint64_t chunks)
{
    unnamed_ = saturated(unnamed_, chunks);
}

void Holes::forget_oldest()
{
    add_unnamed(ranges_.front().chunks());
    ranges_.erase(ranges_.begin());
}

Holes::Fill Holes::fill(std::uint64_t chunk, const spool::Account& account)
{
    const auto found = std::ranges::lower_bound(ranges_, chunk, {}, &Hole::last);
    if (found == ranges_.end() || chunk < found->first)
        return Fill::not_missing;
    const Hole hole = *found;
    const std::uint64_t before =
        account.total - account.packets; // parse() has checked that total >= packets
    if (before < hole.before || account.total > hole.before + hole.packets ||
        (chunk == hole.first && before != hole.before) ||
        (chunk == hole.last && account.total != hole.before + hole.packets))
        return Fill::contradicts;

    const Hole left{hole.first, chunk - 1, hole.before, before - hole.before};
    const Hole right{chunk + 1, hole.last, account.total,
                     hole.before + hole.packets - account.total};
    const bool has_left = chunk > hole.first;
    const bool has_right = chunk < hole.last;
    if (has_left && has_right) {
        *found = left;
        ranges_.insert(found + 1, right);
        if (ranges_.size() > max_ranges)
            forget_oldest();
    } else if (has_left || has_right) {
        *found = has_left ? left : right;
    } else {
        ranges_.erase(found);
    }
    return Fill::filled;
}

} // namespace fleet
