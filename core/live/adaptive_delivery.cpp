// SPDX-License-Identifier: GPL-2.0-or-later
#include "adaptive_delivery.hpp"

namespace nflog {

void AdaptiveDelivery::adapt(std::size_t place, std::uint64_t packets) noexcept
{
    Group& state = groups_[place];
    const bool fast = state.rate.fast(source_->received_at_ns({}), packets);
    // If privileges were dropped, the delivery can no longer change.
    if (fast == state.batched || source_->refuses_settings() || !source_->is_bound(place))
        return;
    // The kernel does not move the batch that it is gathering now to a buffer of the new size.
    const GroupSettings& settings = fast ? batched_ : immediate_;
    source_->set_gathering(place, settings.queue_threshold, settings.batch_size);
    state.batched = fast;
    if (fast)
        ++batched_count_;
    else
        --batched_count_;
}

void AdaptiveDelivery::reset(std::size_t place)
{
    if (place == groups_.size())
        groups_.emplace_back();
    if (groups_[place].batched)
        --batched_count_;
    groups_[place] = {};
}

} // namespace nflog
