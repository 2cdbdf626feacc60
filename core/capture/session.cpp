// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.hpp"

#include "error.hpp"
#include "free_group.hpp"
#include "live_source.hpp"
#include "network_namespace.hpp"
#include "savefile_source.hpp"
#include "socket_identity.hpp"
#include "tap_record.hpp"

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

// Runs the body in the capture's network namespace, or in the calling thread's if the capture has
// none.
template <typename Body>
void Session::in_network_namespace(Body body)
{
    if (netns_.empty())
        body();
    else
        run_in_network_namespace(netns_, body);
}

Session::Session(const Settings& settings, const std::vector<Tap>& taps,
                 const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
                 Adopted& adopted)
    : ownership_(ownership), netns_(settings.netns()),
      delivery_(static_cast<std::uint32_t>(settings.delivery()))
{
    in_network_namespace([&] { adopt(settings, taps, groups, epoll, adopted); });
}

Session::~Session()
{
    if (state_ != nullptr && !is_leaving_ && ownership_.is_mine())
        state_->clear();
}

void Session::open(const Settings& settings, const std::vector<Tap>& taps,
                   std::vector<GroupPlace> groups, Epoll& epoll)
{
    state_ = &HandoverState::in(ownership_.memory());
    if (std::ranges::none_of(groups, &GroupPlace::is_captured)) {
        const std::vector<GroupPlace> removed = groups;
        tap_group_ = bind_free_group([&](std::uint16_t group) {
            groups = removed;
            const auto before = std::ranges::find(groups, group, &GroupPlace::group);
            if (before != groups.end())
                before->is_captured = true;
            else
                groups.push_back({group, true});
            bind(settings, groups, epoll);
        });
    } else {
        bind(settings, groups, epoll);
    }
    if (taps.empty())
        return;
    if (!tap_group_)
        tap_group_ = lowest(groups);
    taps_.emplace_back(taps, *tap_group_,
                       ownership_); // after the groups, so that all logged packets are read
    record_taps(*state_);
}

void Session::bind(const Settings& settings, const std::vector<GroupPlace>& groups, Epoll& epoll)
{
    NetlinkSocket socket(settings.socket_buffer());
    state_->clear(); // a failed start may have left flags of its groups
    state_->refused = 0;
    state_->begin(port_of(socket.fd()), settings.socket_buffer(), settings.at_start(),
                  settings.delivery() == NFLOGCAP_ADAPTIVE);
    for (const GroupPlace& group : groups) {
        if (group.is_captured)
            set_captured(group.group, true);
    }
    take_from(std::make_unique<LiveSource>(std::move(socket), groups, settings.at_start(), false,
                                           epoll, ownership_),
              settings, groups.size());
}

void Session::take_from(std::unique_ptr<LiveSource> source, const Settings& settings,
                        std::size_t group_count)
{
    source_ = std::move(source);
    live_ = static_cast<LiveSource*>(source_.get());
    if (settings.delivery() == NFLOGCAP_ADAPTIVE)
        adaptive_.emplace(*live_, group_count, settings.at_start(), settings.batched());
    for (std::size_t place = 0; place < group_count; ++place)
        times_.emplace_back(*source_, place);
}

void Session::adopt(const Settings& settings, const std::vector<Tap>& taps,
                    const std::vector<GroupPlace>& groups, Epoll& epoll, Adopted& adopted)
{
    HandoverState& state = adopted.state();
    NetlinkSocket socket(adopted.take_socket());
    if (settings.socket_buffer() != state.socket_buffer)
        socket.set_buffer(settings.socket_buffer());
    const bool has_other_settings =
        settings.at_start() != state.settings() || state.is_adaptive != 0;
    take_from(std::make_unique<LiveSource>(std::move(socket), groups, settings.at_start(),
                                           has_other_settings, epoll, ownership_),
              settings, groups.size());
    try {
        adopt_taps(taps, adopted);
        for (std::size_t place = 0; place < groups.size(); ++place) {
            if (groups[place].is_bound && !groups[place].is_captured)
                finish_removal(place);
        }
    } catch (...) {
        leave();
        throw;
    }
    state_ = &state;
    state_->begin(state.port, settings.socket_buffer(), settings.at_start(),
                  settings.delivery() == NFLOGCAP_ADAPTIVE);
}

// Removes a group that the previous process had removed, or was about to remove.
void Session::finish_removal(std::size_t place)
{
    try {
        live_->remove(place);
    } catch (const Error& failure) {
        if (failure.code() != EPERM) // without the privilege the group stays bound
            throw;
    }
}

// Adds new taps before it removes old ones, so that no packet is missed.
void Session::adopt_taps(const std::vector<Tap>& taps, Adopted& adopted)
{
    std::vector<Tap> missing = taps;
    for (const TapRecord& record : adopted.taps()) {
        if (taps.empty()) {
            for (const auto& [number, tap] : record.taps)
                missing.push_back(tap);
        }
        // If the table's socket was not handed over, the kernel has removed the table.
        if (FileDescriptor socket = adopted.take_socket(record.port); socket.get() >= 0)
            taps_.emplace_back(record, std::move(socket), ownership_);
    }
    if (missing.empty())
        return;
    std::vector<Tap> unwanted;
    for (const Tap& tap : this->taps()) {
        if (const auto wanted = std::ranges::find(missing, tap); wanted != missing.end())
            missing.erase(wanted);
        else
            unwanted.push_back(tap);
    }
    tap_group_ = adopted.taps().empty()
                     ? lowest(adopted.groups())
                     : static_cast<std::uint16_t>(adopted.state().tap_group.load());
    if (!missing.empty())
        taps_.emplace_back(missing, *tap_group_, ownership_);
    for (const Tap& tap : unwanted)
        take_off(tap);
    if (!missing.empty() || !unwanted.empty())
        record_taps(adopted.state());
}

std::vector<Tap> Session::taps() const
{
    std::vector<Tap> taps;
    for (const TapTable& table : taps_) {
        for (const auto& [number, tap] : table.taps())
            taps.push_back(tap);
    }
    return taps;
}

void Session::record_taps(HandoverState& state)
{
    std::vector<TapRecord> records;
    for (const TapTable& table : taps_)
        records.push_back(table.record());
    state.write_taps(ownership_.memory(), text_of(records), tap_group_.value_or(0));
}

void Session::set_captured(std::uint16_t group, bool is_captured) noexcept
{
    state_->groups[group].set(GroupState::captured, is_captured);
}

void Session::require_live(const std::string& what) const
{
    if (live_ == nullptr)
        throw Error(EBUSY, what + ": a savefile is being read; make the change before the start");
    if (is_stopped_)
        throw Error(EBUSY,
                    what + ": the capture is stopped; make the change before the next start");
}

void Session::add_group(std::uint16_t group, std::size_t place)
{
    set_captured(group, true);
    try {
        in_network_namespace([&] { live_->add(place, group); });
    } catch (...) {
        set_captured(group, false);
        throw;
    }
    if (place == times_.size())
        times_.emplace_back(*source_, place);
    if (adaptive_)
        adaptive_->reset(place);
}

void Session::remove_group(std::uint16_t group, std::size_t place)
{
    set_captured(group, false);
    try {
        live_->remove(place);
    } catch (...) {
        set_captured(group, true);
        throw;
    }
    if (adaptive_)
        adaptive_->reset(place);
}

void Session::add_tap(const Tap& tap, std::uint16_t group)
{
    const std::optional<std::uint16_t> before = tap_group_;
    in_network_namespace(
        [&] { taps_.emplace_back(std::vector<Tap>{tap}, tap_group_.value_or(group), ownership_); });
    tap_group_ = tap_group_.value_or(group);
    try {
        record_taps(*state_);
    } catch (...) {
        taps_.pop_back();
        tap_group_ = before;
        throw;
    }
}

void Session::remove_tap(const Tap& tap)
{
    take_off(tap);
    record_taps(*state_);
}

void Session::take_off(const Tap& tap)
{
    for (auto table = taps_.begin(); table != taps_.end(); ++table) {
        if (!table->remove(tap))
            continue;
        if (table->is_empty())
            taps_.erase(table);
        if (taps_.empty())
            tap_group_.reset();
        return;
    }
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
    if (is_leaving_)
        return;
    is_stopped_ = true;
    if (state_ != nullptr)
        state_->clear();
    taps_.clear();
    source_->stop();
}

void Session::leave() noexcept
{
    if (is_stopped_)
        return;
    is_leaving_ = true;
    for (TapTable& table : taps_)
        table.leave();
    if (live_ != nullptr)
        live_->leave();
}

std::vector<int> Session::descriptors() const
{
    if (live_ == nullptr || is_stopped_ || is_leaving_)
        throw Error(EINVAL, std::string("cannot hand over the capture: ") +
                                (live_ == nullptr ? "it reads a savefile, and only captures of the "
                                                    "kernel's packets can be handed over"
                                                  : "it has been stopped or handed over"));
    if (!ownership_.memory().is_in_file())
        throw Error(EFBIG, "cannot hand over the capture: the process may not make files of " +
                               std::to_string(ownership_.memory().bytes()) +
                               " bytes (RLIMIT_FSIZE); raise that limit");
    std::vector<int> descriptors = {ownership_.memory().fd(), live_->socket().fd()};
    for (const TapTable& table : taps_)
        descriptors.push_back(table.fd());
    return descriptors;
}

std::uint32_t Session::delivery() const noexcept
{
    if (!adaptive_)
        return delivery_;
    return adaptive_->any_batched() ? NFLOGCAP_BATCHED : NFLOGCAP_IMMEDIATE;
}

} // namespace nflog
