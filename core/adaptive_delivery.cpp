// SPDX-License-Identifier: GPL-2.0-or-later
#include "adaptive_delivery.hpp"

#include <algorithm>

namespace nflog {

void AdaptiveDelivery::adapt(std::size_t group, std::uint64_t packets) noexcept
{
    Group& state = groups_[group];
    const bool fast = state.rate.fast(source_->received_at_ns({}), packets);
    if (source_->refuses_settings()) // privileges were dropped: it stays as it is
        return;
    if (fast && state.mode != Mode::batched) {
        source_->set_gathering(group, batched_.queue_threshold, batched_.batch_size);
        state.mode = Mode::batched;
    } else if (!fast && state.mode == Mode::batched) {
        source_->set_gathering(group, immediate_.queue_threshold, batched_.batch_size);
        state.mode = Mode::flushing;
        state.queue_was_empty = false;
    } else if (state.mode == Mode::flushing && state.queue_was_empty) {
        source_->set_gathering(group, immediate_.queue_threshold, immediate_.batch_size);
        state.mode = Mode::immediate;
    }
    if (state.mode == Mode::flushing) {
        const auto queue = source_->queue();
        state.queue_was_empty = queue && queue->bytes == 0;
    }
}

bool AdaptiveDelivery::any_batched() const noexcept
{
    return std::ranges::any_of(groups_,
                               [](const Group& group) { return group.mode == Mode::batched; });
}

} // namespace nflog
