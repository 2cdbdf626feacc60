// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "live_source.hpp"
#include "rate_switch.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nflog {

// Adaptive delivery (NFLOGCAP_ADAPTIVE): while a group's packets arrive fast, the kernel gathers
// them into batches. While they arrive slowly, it delivers each packet at once. Each group has its
// own rate.
class AdaptiveDelivery {
public:
    // The source must have bound the groups with the settings `immediate`.
    AdaptiveDelivery(LiveSource& source, std::size_t groups, const GroupSettings& immediate,
                     const GroupSettings& batched)
        : source_(&source), groups_(groups), immediate_(immediate), batched_(batched)
    {
    }

    // Called for each batch of the source, with the place of its group and the number of the
    // group's packets that were received or lost before the batch.
    void adapt(std::size_t place, std::uint64_t packets) noexcept;
    // Called after the source has bound or unbound the group at a place. The place may be new.
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
