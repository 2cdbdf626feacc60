// SPDX-License-Identifier: GPL-2.0-or-later
#include "adaptive_delivery.hpp"

namespace nflog {

void AdaptiveDelivery::adapt(std::size_t group, std::uint64_t packets) noexcept
{
    Group& state = groups_[group];
    const bool fast = state.rate.fast(source_->received_at_ns({}), packets);
    // Where privileges were dropped it stays as it is.
    if (fast == state.batched || source_->refuses_settings())
        return;
    // What the kernel gathers at this moment it goes on gathering in the buffer that it has.
    const GroupSettings& settings = fast ? batched_ : immediate_;
    source_->set_gathering(group, settings.queue_threshold, settings.batch_size);
    state.batched = fast;
    if (fast)
        ++batched_count_;
    else
        --batched_count_;
}

} // namespace nflog
