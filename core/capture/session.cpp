// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.hpp"

#include "error.hpp"
#include "free_group.hpp"
#include "live_source.hpp"
#include "network_namespace.hpp"
#include "savefile_source.hpp"

#include <cerrno>
#include <span>
#include <utility>

namespace nflog {

Session::Session(const Settings& settings, const std::vector<Tap>& taps,
                 std::vector<std::uint16_t> groups, Epoll& epoll, const Ownership& ownership,
                 std::unique_ptr<SavefileInput>& savefile)
    : groups_(std::move(groups)), delivery_(static_cast<std::uint32_t>(settings.delivery()))
{
    if (savefile) {
        source_ = std::make_unique<SavefileSource>(savefile, epoll, ownership);
        return;
    }
    if (groups_.empty() && taps.empty())
        throw Error(EINVAL, "cannot start: there is no group to capture; add a group or a tap");
    if (settings.netns().empty())
        open(settings, taps, epoll, ownership);
    else
        run_in_network_namespace(settings.netns(), [&] { open(settings, taps, epoll, ownership); });
}

// In the network namespace of the calling thread.
void Session::open(const Settings& settings, const std::vector<Tap>& taps, Epoll& epoll,
                   const Ownership& ownership)
{
    const auto bind = [&](const std::vector<std::uint16_t>& groups) {
        return std::make_unique<LiveSource>(groups, settings.at_start(), settings.socket_buffer(),
                                            epoll, ownership);
    };
    std::unique_ptr<LiveSource> source;
    if (groups_.empty())
        groups_ = {bind_free_group([&](std::uint16_t group) { source = bind({group}); })};
    else
        source = bind(groups_);
    if (settings.delivery() == NFLOGCAP_ADAPTIVE)
        adaptive_.emplace(*source, groups_.size(), settings.at_start(), settings.batched());
    for (std::size_t index = 0; index < groups_.size(); ++index)
        times_.emplace_back(*source, index);
    source_ = std::move(source);
    if (!taps.empty()) // last, so that nothing is logged that nobody reads
        taps_.emplace(taps, groups_.front(), ownership);
}

Batch::State Session::load(Accounting& accounting)
{
    accounting.finish_batch();
    const Batch batch = source_->receive();
    if (batch.state == Batch::State::packets) {
        cursor_ = MessageCursor(batch.bytes);
        const auto group = cursor_.more() ? std::optional(cursor_.group()) : std::nullopt;
        const GroupCounters* counters = accounting.receive_batch(group, batch);
        times_of_batch_ = nullptr;
        if (counters != nullptr && !times_.empty()) {
            times_of_batch_ = &times_[accounting.place(*counters)];
            times_of_batch_->begin_batch();
        }
        if (adaptive_ && counters != nullptr && !is_stopped_)
            adaptive_->adapt(accounting.place(*counters), counters->numbered());
    }
    if (accounting.wants_look())
        accounting.look_at(source_->queue());
    return batch.state;
}

void Session::stop() noexcept
{
    is_stopped_ = true;
    taps_.reset();
    source_->stop();
}

std::uint32_t Session::delivery() const noexcept
{
    if (!adaptive_)
        return delivery_;
    return adaptive_->any_batched() ? NFLOGCAP_BATCHED : NFLOGCAP_IMMEDIATE;
}

} // namespace nflog
