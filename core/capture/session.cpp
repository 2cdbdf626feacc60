// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.hpp"

#include "error.hpp"
#include "free_group.hpp"
#include "live_source.hpp"
#include "network_namespace.hpp"
#include "savefile_source.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <utility>

namespace nflog {

namespace {

std::uint16_t lowest(const std::vector<GroupPlace>& groups)
{
    std::uint16_t lowest = std::numeric_limits<std::uint16_t>::max();
    for (const GroupPlace& group : groups) {
        if (group.is_captured)
            lowest = std::min(lowest, group.group);
    }
    return lowest;
}

} // namespace

Session::Session(const Settings& settings, const std::vector<Tap>& taps,
                 const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
                 std::unique_ptr<SavefileInput>& savefile)
    : ownership_(ownership), netns_(settings.netns()),
      delivery_(static_cast<std::uint32_t>(settings.delivery()))
{
    if (savefile) {
        source_ = std::make_unique<SavefileSource>(savefile, epoll, ownership);
        return;
    }
    if (std::ranges::none_of(groups, &GroupPlace::is_captured) && taps.empty())
        throw Error(EINVAL, "cannot start: there is no group to capture; add a group or a tap");
    in_network_namespace([&] { open(settings, taps, groups, epoll); });
}

// In that of the capture; without one of its own, in that of the calling thread.
template <typename Body>
void Session::in_network_namespace(Body body)
{
    if (netns_.empty())
        body();
    else
        run_in_network_namespace(netns_, body);
}

void Session::open(const Settings& settings, const std::vector<Tap>& taps,
                   std::vector<GroupPlace> groups, Epoll& epoll)
{
    const auto bind = [&] {
        source_.reset();
        auto source = std::make_unique<LiveSource>(groups, settings.at_start(),
                                                   settings.socket_buffer(), epoll, ownership_);
        live_ = source.get();
        source_ = std::move(source);
    };
    if (std::ranges::none_of(groups, &GroupPlace::is_captured)) {
        const std::vector<GroupPlace> removed = groups;
        tap_group_ = bind_free_group([&](std::uint16_t group) {
            groups = removed;
            const auto before = std::ranges::find(groups, group, &GroupPlace::group);
            if (before != groups.end())
                before->is_captured = true;
            else
                groups.push_back({group, true});
            bind();
        });
    } else {
        bind();
    }
    if (settings.delivery() == NFLOGCAP_ADAPTIVE)
        adaptive_.emplace(*live_, groups.size(), settings.at_start(), settings.batched());
    for (std::size_t place = 0; place < groups.size(); ++place)
        times_.emplace_back(*source_, place);
    if (taps.empty())
        return;
    if (!tap_group_)
        tap_group_ = lowest(groups);
    taps_.emplace_back(taps, *tap_group_, ownership_); // last, so that all that is logged is read
}

void Session::require_live(const std::string& what) const
{
    if (live_ == nullptr)
        throw Error(EBUSY, what + ": a savefile is being read; set it before the start");
    if (is_stopped_)
        throw Error(EBUSY, what + ": the capture is stopped; set it before the next start");
}

void Session::add_group(std::uint16_t group, std::size_t place)
{
    in_network_namespace([&] { live_->add(place, group); });
    if (place == times_.size())
        times_.emplace_back(*source_, place);
    if (adaptive_)
        adaptive_->reset(place);
}

void Session::remove_group(std::size_t place)
{
    live_->remove(place);
    if (adaptive_)
        adaptive_->reset(place);
}

void Session::add_tap(const Tap& tap, std::uint16_t group)
{
    in_network_namespace(
        [&] { taps_.emplace_back(std::vector<Tap>{tap}, tap_group_.value_or(group), ownership_); });
    if (!tap_group_)
        tap_group_ = group;
}

bool Session::remove_tap(const Tap& tap)
{
    for (auto table = taps_.begin(); table != taps_.end(); ++table) {
        if (!table->remove(tap))
            continue;
        if (table->is_empty())
            taps_.erase(table);
        if (taps_.empty())
            tap_group_.reset();
        return true;
    }
    return false;
}

Batch::State Session::load(Accounting& accounting)
{
    accounting.finish_batch();
    const Batch batch = source_->receive();
    if (batch.state == Batch::State::bound)
        accounting.begin_binding(batch.place);
    else if (batch.state == Batch::State::unbound)
        accounting.end_binding(batch.place);
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
    taps_.clear();
    source_->stop();
}

std::uint32_t Session::delivery() const noexcept
{
    if (!adaptive_)
        return delivery_;
    return adaptive_->any_batched() ? NFLOGCAP_BATCHED : NFLOGCAP_IMMEDIATE;
}

} // namespace nflog
