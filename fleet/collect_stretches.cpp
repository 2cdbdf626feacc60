// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_stretches.hpp"

#include "collect_sums.hpp"

#include <algorithm>

namespace fleet {

void Stretches::add(const Stretch& stretch)
{
    stretches_.push_back(stretch);
    forget_surplus();
}

void Stretches::add_first(const Stretch& stretch)
{
    if (stretches_.size() < max_kept)
        stretches_.insert(stretches_.begin(), stretch);
    else
        add_forgotten(1);
}

void Stretches::forget_surplus()
{
    if (stretches_.size() <= max_kept)
        return;
    stretches_.erase(stretches_.begin());
    add_forgotten(1);
}

void Stretches::add_forgotten(std::uint64_t count)
{
    forgotten_ = saturated(forgotten_, count);
}

void Stretches::add_between(std::uint64_t chunk, const spool::Account& account,
                            std::uint64_t next_chunk, const spool::Account& next)
{
    if (account.session != next.session)
        add({account.time, next.session, chunk, account.session, next_chunk, next.session});
}

void Stretches::add_late(std::uint64_t chunk, const spool::Account& account)
{
    const auto found = std::ranges::find_if(stretches_, [chunk](const Stretch& stretch) {
        return stretch.chunk_before < chunk && chunk < stretch.chunk_after;
    });
    if (found == stretches_.end())
        return;
    const Stretch whole = *found;
    if (account.session == whole.session_before) {
        found->from = account.time;
        found->chunk_before = chunk;
    } else if (account.session == whole.session_after) {
        found->chunk_after = chunk;
    } else { // the chunk is of a session between the two: the stretch becomes two
        found->to = account.session;
        found->chunk_after = chunk;
        found->session_after = account.session;
        const Stretch second{account.time,    whole.to,          chunk,
                             account.session, whole.chunk_after, whole.session_after};
        stretches_.insert(found + 1, second);
        forget_surplus();
    }
}

} // namespace fleet
