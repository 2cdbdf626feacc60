// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "live_source.hpp"
#include "rate_switch.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nflog {

// Adaptive delivery (NFLOGCAP_ADAPTIVE): the kernel gathers a group's packets while they arrive
// fast, and delivers each at once while they arrive slowly. Each group is judged by its own rate.
class AdaptiveDelivery {
public:
    // The source must have bound the groups with the settings `immediate`.
    AdaptiveDelivery(LiveSource& source, std::size_t groups, const GroupSettings& immediate,
                     const GroupSettings& batched)
        : source_(&source), groups_(groups), immediate_(immediate), batched_(batched)
    {
    }

    // Called for each batch of the source: the place of its group, and how many packets of the
    // group were received or lost before it.
    void adapt(std::size_t place, std::uint64_t packets) noexcept;
    // The source has bound a group, at a new place or again, or has unbound it.
    void reset(std::size_t place);

    // Whether any group's packets are gathered now. Any thread.
    [[nodiscard]] bool any_batched() const noexcept
    {
        return batched_count_.load(std::memory_order_relaxed) > 0;
    }

private:
    struct Group {
        RateSwitch rate;
        bool batched = false;
    };

    LiveSource* source_;
    std::vector<Group> groups_; // by place
    GroupSettings immediate_;
    GroupSettings batched_;
    std::atomic<std::size_t> batched_count_ = 0; // groups
};

} // namespace nflog
