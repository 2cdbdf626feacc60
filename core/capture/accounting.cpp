// SPDX-License-Identifier: GPL-2.0-or-later
#include "accounting.hpp"

#include "error.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace nflog {

std::size_t Accounting::add_group(std::uint16_t group)
{
    const std::lock_guard lock(mutex_);
    GroupCounters* counters = groups_.find(group);
    if (counters != nullptr && counters->is_captured())
        throw Error(EEXIST, "cannot add group " + std::to_string(group) + ": it was added before");
    if (counters == nullptr) {
        counters = &groups_.add(group);
        counters->end_binding();
    }
    counters->set_captured();
    return groups_.place(*counters);
}

void Accounting::take_back_group(std::size_t place) noexcept
{
    const std::lock_guard lock(mutex_);
    GroupCounters& group = groups_.at(place);
    group.remove(refused_.total());
    if (!group.has_counted() && place + 1 == groups_.size())
        groups_.take_back();
}

std::size_t Accounting::place_of(std::uint16_t group, const char* what) const
{
    const GroupCounters* counters = groups_.find(group);
    if (counters == nullptr || !counters->is_captured())
        throw Error(ENOENT, std::string("cannot ") + what + " group " + std::to_string(group) +
                                ": it is not captured; name one that was added");
    return groups_.place(*counters);
}

void Accounting::remove_group(std::size_t place) noexcept
{
    const std::lock_guard lock(mutex_);
    groups_.at(place).remove(refused_.total());
}

// This takes no lock, because only the owner's thread changes the groups, and this thread reads
// them here.
std::vector<std::uint16_t> Accounting::groups() const
{
    std::vector<std::uint16_t> numbers;
    for (const GroupPlace& place : places()) {
        if (place.is_captured)
            numbers.push_back(place.group);
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::vector<GroupPlace> Accounting::places() const
{
    std::vector<GroupPlace> places;
    places.reserve(groups_.size());
    for (const GroupCounters& group : groups_)
        places.push_back({group.group(), group.is_captured()});
    return places;
}

// The batch with this group's first packet has waited in the queue since the group was bound.
// Therefore the queue was never empty since then, and the batches that are certainly dropped are
// older than the binding.
void Accounting::begin_binding(std::size_t place) noexcept
{
    const std::lock_guard lock(mutex_);
    groups_.at(place).begin_binding(refused_.certain());
}

// If batches of the group were dropped after its last received batch, their packets are never
// counted.
void Accounting::end_binding(std::size_t place) noexcept
{
    const std::lock_guard lock(mutex_);
    GroupCounters& group = groups_.at(place);
    const std::uint64_t known = std::max(group.settled(), proven_);
    never_accounted_ += group.refused_at_removal() - std::min(known, group.refused_at_removal());
    group.end_binding();
}

void Accounting::restart(bool is_live) noexcept
{
    const std::lock_guard lock(mutex_);
    never_accounted_ = unaccounted(refused_.total());
    refused_.restart();
    proven_ = refused_.total();
    is_live_ = is_live;
    state_ = nullptr;
    current_ = nullptr;
    for (GroupCounters& group : groups_) {
        group.restart(is_live, refused_.total());
        if (!group.is_captured())
            group.end_binding();
    }
    others_.restart(false, refused_.total());
}

void Accounting::attach(HandoverState& state) noexcept
{
    state_ = &state;
    for (GroupCounters& group : groups_)
        group.attach(state.groups[group.group()]);
}

void Accounting::adopt(HandoverState& state, const std::vector<GroupPlace>& places) noexcept
{
    const std::lock_guard lock(mutex_);
    refused_.adopt(state.refused);
    for (std::size_t place = 0; place < places.size(); ++place) {
        if (!places[place].is_bound)
            continue;
        GroupCounters& group = groups_.at(place);
        group.begin_binding(refused_.total());
        group.adopt(state.groups[group.group()].expected);
    }
    attach(state);
}

void Accounting::expect(std::uint16_t group, std::uint32_t number)
{
    groups_.at(place_of(group, "expect a number of")).expect(number);
}

std::uint32_t Accounting::expected(std::uint16_t group) const
{
    return groups_.at(place_of(group, "expect a number of")).expected();
}

// Returns the counters for a packet of a group that was not added, or nullptr if the packet is not
// delivered. The kernel sends no such packets. A savefile can contain them; they are delivered if
// no group was added.
GroupCounters* Accounting::counters_of_others() noexcept
{
    if (!is_live_ && std::ranges::none_of(groups_, &GroupCounters::is_captured))
        return &others_;
    if (is_live_)
        malformed_.add(1);
    else
        others_.skip();
    return nullptr;
}

GroupCounters* Accounting::receive_batch(std::optional<std::uint16_t> group,
                                         const Batch& batch) noexcept
{
    batches_.add(1);
    bytes_.add(batch.bytes.size());
    truncated_.add(batch.is_truncated ? 1 : 0);
    current_ = group ? captured(*group) : nullptr;
    if (current_ != nullptr)
        current_->receive_batch(batch.bytes.size(), refused_.certain());
    return current_;
}

void Accounting::finish_batch() noexcept
{
    mark();
    const GroupCounters* group = std::exchange(current_, nullptr);
    if (group == nullptr || group->settled_before() <= proven_)
        return;
    const std::lock_guard lock(mutex_);
    if (is_every_number_known())
        proven_ = group->settled_before();
}

// An idle group does not show a loss, because no later packet shows a gap in the group's own
// numbers. But the kernel also numbers the packets of all groups in the network namespace together.
// If the count of these numbers, up to the newest packet, equals the count of received and lost
// packets, no group has an uncounted loss. If a packet has not arrived yet, or another program
// captures in the namespace, there are more numbers than counted packets.
bool Accounting::is_every_number_known() const noexcept
{
    const GroupCounters* oldest = nullptr;
    std::uint32_t newest = 0;
    std::uint64_t numbered = 0;
    const auto is_before = [](std::uint32_t one, std::uint32_t other) {
        return static_cast<std::int32_t>(one - other) < 0; // the numbers wrap
    };
    for (const GroupCounters& group : groups_) {
        if (!group.first())
            continue;
        if (oldest == nullptr || is_before(group.first()->seq_global, oldest->first()->seq_global))
            oldest = &group;
        if (numbered == 0 || is_before(newest, group.last_global()))
            newest = group.last_global();
        numbered += group.numbered();
    }
    // A group's first packet was the first since the capture's start only if it has the number 0.
    return oldest != nullptr && oldest->first()->seq == 0 &&
           newest - oldest->first()->seq_global + 1 == static_cast<std::uint32_t>(numbered);
}

void Accounting::look_at(const std::optional<SocketQueue>& queue) noexcept
{
    is_look_wanted_ = false;
    if (!queue)
        return;
    const std::lock_guard lock(mutex_);
    refused_.look_at(*queue);
    if (state_ != nullptr && unaccounted(refused_.total()) == never_accounted_)
        state_->refused = refused_.seen();
}

std::uint64_t Accounting::unaccounted(std::uint64_t refused) const noexcept
{
    std::uint64_t settled = refused;
    for (const GroupCounters& group : groups_) {
        if (group.is_bound())
            settled = std::min(settled, group.settled());
    }
    return never_accounted_ + refused - std::max(settled, proven_);
}

void Accounting::read(nflogcap_stats& stats, const std::optional<SocketQueue>& queue) noexcept
{
    const std::lock_guard lock(mutex_);
    const std::uint64_t refused = queue ? refused_.total_by(*queue) : refused_.total();
    if (refused != refused_.total())
        is_look_wanted_ = true;
    for (const GroupCounters& group : groups_)
        group.add_to(stats);
    others_.add_to(stats);
    stats.malformed = malformed_.get();
    stats.truncated = truncated_.get();
    stats.batches = batches_.get();
    stats.bytes = bytes_.get();
    stats.dropped_batches = refused;
    stats.unaccounted_batches = unaccounted(refused);
}

bool Accounting::read(std::uint16_t group, nflogcap_stats& stats) const noexcept
{
    const std::lock_guard lock(mutex_);
    const GroupCounters* counters = groups_.find(group);
    if (counters == nullptr)
        return false;
    counters->add_to(stats);
    return true;
}

} // namespace nflog
