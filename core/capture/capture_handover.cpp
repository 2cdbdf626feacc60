// SPDX-License-Identifier: GPL-2.0-or-later
// Handing a capture over to another process, and adopting one.
#include "adopted.hpp"
#include "capture.hpp"
#include "error.hpp"
#include "network_namespace.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace nflog {

namespace {

// Returns text such as "5, 6 and 7".
std::string words_of(const std::vector<std::uint16_t>& groups)
{
    std::string words;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i > 0)
            words += i + 1 < groups.size() ? ", " : " and ";
        words += std::to_string(groups[i]);
    }
    return words;
}

} // namespace

std::vector<int> Capture::descriptors()
{
    if (!is_running())
        throw Error(ENOTCONN, "cannot hand over the capture: it has not been started");
    std::vector<int> descriptors = session_->descriptors();
    ownership_.prepare_to_leave();
    has_descriptors_out_ = true;
    return descriptors;
}

void Capture::adopt(std::span<const int> descriptors)
{
    if (is_running())
        throw Error(EBUSY, "cannot adopt a capture: this one has started already");
    if (!settings_.savefile().empty())
        throw Error(EINVAL, "cannot adopt a capture: a savefile is set; leave it out");
    release();
    std::optional<Adopted> adopted;
    if (settings_.netns().empty())
        adopted.emplace(descriptors);
    else
        run_in_network_namespace(settings_.netns(), [&] { adopted.emplace(descriptors); });
    ownership_.join(adopted->memory());
    std::vector<std::size_t> added; // places
    std::unique_ptr<Session> session;
    try {
        const std::vector<GroupPlace> places = take_groups(*adopted, added);
        session = std::make_unique<Session>(settings_, taps_, places, readiness_.epoll(),
                                            ownership_, *adopted);
        taps_ = session->taps();
        accounting_.restart(true);
        accounting_.adopt(adopted->state(), places);
    } catch (...) {
        if (session)
            session->leave();
        session.reset();
        for (; !added.empty(); added.pop_back())
            accounting_.take_back_group(added.back());
        ownership_.undo_join();
        throw;
    }
    use(std::move(session));
    adopted->accept();
}

// Adds the groups, including removed groups if their last packets may still arrive. Returns all
// places.
std::vector<GroupPlace> Capture::take_groups(const Adopted& adopted,
                                             std::vector<std::size_t>& added)
{
    std::vector<std::uint16_t> theirs;
    for (const GroupPlace& place : adopted.groups()) {
        if (place.is_captured)
            theirs.push_back(place.group);
    }
    const std::vector<std::uint16_t> ours = accounting_.groups();
    if (!ours.empty() && ours != theirs)
        throw Error(EINVAL, "cannot adopt a capture of the groups " + words_of(theirs) +
                                " as one of the groups " + words_of(ours) +
                                "; adopt it without adding groups, then add or remove them");
    added.reserve(adopted.groups().size());
    for (const GroupPlace& place : adopted.groups()) {
        if (place.is_captured && !ours.empty())
            continue;
        added.push_back(accounting_.add_group(place.group));
        if (!place.is_captured)
            accounting_.remove_group(added.back());
    }
    std::vector<GroupPlace> places = accounting_.places();
    for (GroupPlace& place : places) {
        const auto of_theirs = std::ranges::find(adopted.groups(), place.group, &GroupPlace::group);
        place.is_bound = of_theirs != adopted.groups().end() && of_theirs->is_bound;
    }
    return places;
}

void Capture::expect(std::uint16_t group, std::uint32_t number)
{
    require_start(group);
    accounting_.expect(group, number);
}

std::uint32_t Capture::expected(std::uint16_t group) const
{
    require_start(group);
    return accounting_.expected(group);
}

void Capture::require_start(std::uint16_t group) const
{
    if (!session_)
        throw Error(ENOTCONN, "cannot expect a number of group " + std::to_string(group) +
                                  ": the capture has not been started");
}

bool Capture::hand_over() noexcept
{
    if (!ownership_.claim())
        return false;
    if (has_descriptors_out_)
        is_hand_over_requested_ = true;
    else
        is_stop_requested_ = true;
    readiness_.signal();
    return true;
}

// Lets other processes adopt the capture that was handed over.
void Capture::release() noexcept
{
    if (!session_)
        return;
    end_session();
    ownership_.leave();
}

} // namespace nflog
