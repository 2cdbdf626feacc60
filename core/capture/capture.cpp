// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.hpp"

#include "countdown.hpp"
#include "error.hpp"
#include "libnftables.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

// How long a call continues after its timeout while packets arrive that are not delivered. The call
// goes on because the next packet may be delivered. It ends because packets may arrive faster than
// it rejects them.
constexpr std::chrono::milliseconds max_overtime{10};

} // namespace

// If a hand-over was requested and no next() has handled it, the destructor handles it.
Capture::~Capture()
{
    if (ownership_.is_mine())
        handle_signals();
}

void Capture::add_group(std::uint16_t group)
{
    if (is_running())
        session_->require_live("cannot add group " + std::to_string(group));
    const std::size_t place = accounting_.add_group(group);
    if (!is_running())
        return;
    try {
        session_->add_group(group, place);
    } catch (...) {
        accounting_.take_back_group(place);
        throw;
    }
    show();
}

void Capture::remove_group(std::uint16_t group)
{
    const std::size_t place = accounting_.place_of(group, "remove");
    if (is_running()) {
        const std::string what = "cannot remove group " + std::to_string(group);
        session_->require_live(what);
        if (session_->tap_group() == group)
            throw Error(EBUSY, what + ": the taps log to it; remove the taps first");
        session_->remove_group(group, place);
        accounting_.look_at(session_->source().queue());
        show();
    }
    accounting_.remove_group(place);
}

Settings& Capture::settings(Option option)
{
    if (is_running() && describe(option).is_live == 0)
        throw Error(EBUSY, std::string("cannot set the ") + describe(option).name +
                               ": the capture has started; set it before the start");
    return settings_;
}

TapOptions Capture::tap_options() const
{
    return {.priority = settings_.text(Option::tap_priority),
            .prefix = settings_.text(Option::tap_prefix),
            .limit = settings_.text(Option::tap_limit),
            .sample = settings_.number(Option::tap_sample)};
}

void Capture::add_tap(const char* hook, const char* match)
{
    Libnftables::require();
    const Tap tap(hook, match, tap_options());
    taps_.reserve(taps_.size() + 1);
    if (is_running()) {
        const std::string what = "cannot tap '" + tap.match() + "'";
        session_->require_live(what);
        const std::vector<std::uint16_t> groups = accounting_.groups();
        if (groups.empty())
            throw Error(EINVAL, what + ": there is no group that it can log to; add a group first");
        session_->add_tap(tap, groups.front());
    }
    taps_.push_back(tap);
}

void Capture::remove_tap(const char* hook, const char* match)
{
    const Tap tap(hook, match);
    const std::string what = "cannot remove the tap '" + tap.match() + "'";
    const auto found =
        std::ranges::find_if(taps_, [&](const Tap& other) { return other.is_same_as(tap); });
    if (found == taps_.end())
        throw Error(ENOENT,
                    what + ": no tap has this match and hook; give both as they were added");
    if (is_running()) {
        session_->require_live(what);
        session_->remove_tap(tap);
    }
    taps_.erase(found);
}

void Capture::remove_taps()
{
    if (is_running())
        session_->require_live("cannot remove the taps");
    while (!taps_.empty()) {
        if (is_running())
            session_->remove_tap(taps_.back());
        taps_.pop_back();
    }
}

std::uint16_t Capture::tap_group() const
{
    if (taps_.empty())
        throw Error(ENOENT, "there is no group that taps log to: no tap was added");
    if (session_ && session_->tap_group())
        return *session_->tap_group();
    const std::vector<std::uint16_t> groups = accounting_.groups();
    if (groups.empty())
        throw Error(ENOTCONN, "there is no group that taps log to yet: no group was added, so the "
                              "start chooses one");
    return groups.front();
}

void Capture::require_taps_for_their_options() const
{
    if (!taps_.empty())
        return;
    const auto refuse = [](Option option, const std::string& value) {
        throw Error(EINVAL, std::string("cannot start: the ") + describe(option).name + " '" +
                                value + "' has no tap; add a tap, or leave it out");
    };
    for (const Option option :
         {Option::hook, Option::tap_priority, Option::tap_prefix, Option::tap_limit}) {
        if (const std::string& text = settings_.text(option); !text.empty())
            refuse(option, text);
    }
    if (const std::uint32_t sample = settings_.number(Option::tap_sample); sample != 1)
        refuse(Option::tap_sample, std::to_string(sample));
}

void Capture::start()
{
    if (is_running())
        throw Error(EBUSY, "cannot start: the capture has started already");
    release();
    require_taps_for_their_options();
    open_savefile();
    auto session = std::make_unique<Session>(settings_, taps_, accounting_.places(),
                                             readiness_.epoll(), ownership_, savefile_);
    if (accounting_.groups().empty() && session->tap_group())
        accounting_.add_group(*session->tap_group());
    accounting_.restart(settings_.savefile().empty());
    if (settings_.savefile().empty())
        accounting_.attach(HandoverState::in(ownership_.memory()));
    use(std::move(session));
}

void Capture::use(std::unique_ptr<Session> session)
{
    {
        const std::lock_guard lock(monitoring_);
        session_ = std::move(session);
    }
    has_ended_ = false;
    has_descriptors_out_ = false;
    host_name_ = {};
    if (settings_.savefile().empty())
        gethostname(host_name_.data(), host_name_.size());
    // Signals again for requests from before the start, because their signal may have been cleared.
    if (is_stop_requested_ || is_woken_ || is_hand_over_requested_)
        readiness_.signal();
    show();
}

// Opens the savefile. If an interrupted start has read a part of it, it is still open.
void Capture::open_savefile()
{
    const std::string& path = settings_.savefile();
    if (savefile_ && savefile_->content().path() != path)
        savefile_.reset();
    if (path.empty())
        return;
    if (!taps_.empty())
        throw Error(EINVAL, "cannot start: the packets of a savefile cannot be tapped; leave out "
                            "the savefile or the taps");
    if (savefile_)
        return;
    const StopRequest stop{readiness_.signal_fd(), [this] {
                               readiness_.clear_signal();
                               return is_stop_requested_.load();
                           }};
    savefile_ = std::make_unique<SavefileInput>(path, stop);
}

Outcome Capture::next(const nflogcap_packet*& packet, int timeout_ms)
{
    const Outcome outcome = await(packets_.front(), timeout_ms);
    if (outcome == Outcome::packet) {
        packet = packets_.data();
        show();
    }
    return outcome;
}

Outcome Capture::next_batch(std::span<const nflogcap_packet*> packets, int timeout_ms,
                            std::size_t& count)
{
    packets_.resize(max_batch_packets);
    const Outcome outcome = await(packets_.front(), timeout_ms);
    if (outcome != Outcome::packet)
        return outcome;
    count = 1;
    const std::size_t room = std::min(packets.size(), packets_.size());
    while (count < room && advance(packets_[count]))
        ++count;
    for (std::size_t i = 0; i < count; ++i)
        packets[i] = &packets_[i];
    show();
    return outcome;
}

// Gets the next packet of the current batch that the filter accepts, and counts it.
bool Capture::advance(nflogcap_packet& packet) noexcept
{
    while (session_->read(packet, accounting_)) {
        GroupCounters* group = accounting_.receive(packet);
        if (group == nullptr)
            continue;
        if (packet.lost_before > 0) [[unlikely]]
            accounting_.look_at(session_->source().queue());
        if (filter_ && !filter_->accepts(packet)) {
            group->reject(packet);
            continue;
        }
        group->deliver(packet);
        return true;
    }
    return false;
}

// Waits for a packet. The thread can be cancelled only during the wait.
Outcome Capture::await(nflogcap_packet& packet, int timeout_ms)
{
    const CancellationOff cancellation;
    std::optional<Countdown> countdown;
    for (;;) {
        if (!session_ && !has_ended_)
            throw Error(ENOTCONN, "there is no next packet: the capture has not been started");
        if ((is_woken_ || is_stop_requested_ || is_hand_over_requested_) && handle_signals())
            return Outcome::woken;
        if (!is_running())
            return Outcome::ended;
        accounting_.mark();
        if (advance(packet))
            return Outcome::packet;
        show();
        if (!countdown)
            countdown.emplace(timeout_ms);
        else if (countdown->is_over_by(max_overtime))
            return Outcome::timeout;
        if (const auto outcome = wait(countdown->remaining_ms(), cancellation))
            return *outcome;
        if (session_->load(accounting_) == Batch::State::ended)
            end();
    }
}

// Waits until the session may have a batch to load. Returns nothing then; otherwise returns the
// result of next().
std::optional<Outcome> Capture::wait(int timeout_ms, const CancellationOff& cancellation)
{
    if (session_->has_backlog())
        return std::nullopt;
    switch (readiness_.wait(timeout_ms, cancellation)) {
    case Readiness::Wake::timeout:
        return Outcome::timeout;
    case Readiness::Wake::interrupted:
        return Outcome::interrupted;
    case Readiness::Wake::signalled:
        return handle_signals() ? std::optional(Outcome::woken) : std::nullopt;
    case Readiness::Wake::ready:
        break;
    }
    return std::nullopt;
}

bool Capture::wakeup() noexcept
{
    if (!ownership_.claim())
        return false;
    is_woken_ = true;
    readiness_.signal();
    return true;
}

bool Capture::stop() noexcept
{
    if (!ownership_.claim())
        return false;
    is_stop_requested_ = true;
    readiness_.signal();
    return true;
}

// Handles the requests of other threads. Returns whether one of them was a wake-up. If the capture
// is not running, a stop is kept for the next start.
bool Capture::handle_signals() noexcept
{
    readiness_.clear_signal();
    if (session_ && is_stop_requested_.exchange(false))
        session_->stop();
    if (session_ && is_hand_over_requested_.exchange(false))
        session_->leave();
    return is_woken_.exchange(false);
}

void Capture::end() noexcept
{
    accounting_.look_at(session_->source().queue());
    has_ended_ = true;
    is_stop_requested_ = false; // this end fulfils the request
    is_hand_over_requested_ = false;
    if (!session_->is_leaving()) // after a hand-over, the program may still call expect()
        end_session();
    show();
}

void Capture::end_session() noexcept
{
    const std::lock_guard lock(monitoring_);
    of_session_ = stats_of_session();
    session_.reset();
}

// Whether next() would return at once for a reason that no descriptor of the source shows.
bool Capture::is_ready() const noexcept
{
    return has_ended_ || (session_ && session_->has_backlog());
}

nflogcap_stats Capture::stats_of_session() const noexcept
{
    const Source& source = session_->source();
    const ReadingProgress progress = source.progress();
    nflogcap_stats stats{};
    stats.socket_buffer = source.socket_buffer();
    stats.delivery = session_->delivery();
    stats.savefile_read = progress.read;
    stats.savefile_size = progress.size;
    return stats;
}

nflogcap_stats Capture::stats()
{
    std::optional<SocketQueue> queue;
    nflogcap_stats stats{};
    {
        const std::lock_guard lock(monitoring_);
        stats = session_ ? stats_of_session() : of_session_;
        if (session_)
            queue = session_->source().queue();
        stats.socket_buffer_used = queue ? queue->bytes : 0;
    }
    accounting_.read(stats, queue);
    return stats;
}

std::optional<nflogcap_stats> Capture::group_stats(std::uint16_t group) const
{
    nflogcap_stats stats{};
    return accounting_.read(group, stats) ? std::optional(stats) : std::nullopt;
}

const char* Capture::interface_name(std::uint32_t index) noexcept
{
    if (!session_ || !session_->source().interface_name(index, interface_name_))
        return nullptr;
    return interface_name_.data();
}

} // namespace nflog
