// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.hpp"

#include "error.hpp"
#include "live_source.hpp"
#include "network_namespace.hpp"
#include "refusal.hpp"
#include "savefile_source.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <set>
#include <string>

namespace nflog {

namespace {

// Counts a wait of -1 (for ever), 0 or some milliseconds down, over several waits.
class Countdown {
public:
    explicit Countdown(int timeout_ms) noexcept : timeout_ms_(timeout_ms)
    {
        if (timeout_ms >= 0)
            end_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
    }

    [[nodiscard]] int remaining_ms() const noexcept
    {
        if (timeout_ms_ <= 0)
            return timeout_ms_;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }

    // Whether it has been over for so long.
    [[nodiscard]] bool over_since(std::chrono::milliseconds time) const noexcept
    {
        return timeout_ms_ >= 0 && Clock::now() - end_ >= time;
    }

private:
    using Clock = std::chrono::steady_clock;
    int timeout_ms_;
    Clock::time_point end_;
};

// How long a call whose time is over goes on to take what is queued and rejected by the filter:
// what it accepts may come next, but a flood may be faster than the reader.
constexpr std::chrono::milliseconds most_overtime{10};

} // namespace

void Capture::add_group(std::uint16_t group)
{
    settings_.require_unlocked("groups");
    if (!groups_.add(group))
        throw Error(EEXIST, "cannot add group " + std::to_string(group) + ": it was added before");
}

void Capture::set_filter(const char* expression)
{
    if (expression == nullptr || *expression == '\0')
        filter_.reset();
    else
        filter_ = std::make_unique<PacketFilter>(expression);
}

void Capture::add_tap(const char* hook, const char* match)
{
    settings_.require_unlocked("taps");
    TapTable::require_support();
    taps_.emplace_back(hook, match);
}

std::uint16_t Capture::tap_group() const
{
    if (taps_.empty())
        throw Error(ENOENT, "there is no group that taps log to: no tap was added");
    if (groups_.empty())
        throw Error(ENOTCONN, "there is no group that taps log to yet: no group was added, so the "
                              "start chooses one");
    return groups_.begin()->group();
}

void Capture::start()
{
    if (state_ == State::capturing || state_ == State::draining)
        throw Error(EBUSY, "cannot start: the capture has started already");
    const bool live = settings_.savefile().empty();
    if (live && groups_.empty() && taps_.empty())
        throw Error(EINVAL, "cannot start: there is no group to capture; add one, or a tap");
    if (taps_.empty() && !settings_.text(Option::hook).empty())
        throw Error(EINVAL, "cannot start: the hook '" + settings_.text(Option::hook) +
                                "' has no tap; add a tap, or leave out the hook");
    if (!live && !taps_.empty())
        throw Error(EINVAL,
                    "cannot start: the packets of a savefile cannot be tapped; leave out the "
                    "savefile or the taps");
    if (state_ == State::ended)
        stopped_ = false;

    unaccounted_before_ = unaccounted();
    refused_.restart();
    std::vector<std::uint16_t> numbers;
    for (GroupCounters& group : groups_) {
        numbers.push_back(group.group());
        group.restart(refused_.total(), live);
    }
    others_.restart(refused_.total(), false);
    cursor_ = {};
    parser_.emplace();
    adaptive_.reset();
    try {
        if (live)
            source_ = bind(numbers);
        else
            source_ = std::make_unique<SavefileSource>(settings_.savefile());
        if (source_->fd() >= 0)
            readiness_.watch(source_->fd());
        if (live && groups_.empty())
            groups_.add(numbers.front());
    } catch (...) {
        tap_table_.reset();
        source_.reset();
        throw;
    }
    flushing_ = false;
    state_ = State::capturing;
    settings_.lock();
    stats_.socket_buffer = source_->buffer_granted();
    stats_.delivery = settings_.delivery();
    announce();
    settle_bell();
}

std::unique_ptr<Source> Capture::bind(std::vector<std::uint16_t>& groups)
{
    std::unique_ptr<LiveSource> source;
    const auto open = [&] {
        if (groups.empty())
            source = bind_free_group(groups);
        else
            source = std::make_unique<LiveSource>(groups, settings_.at_start(),
                                                  settings_.socket_buffer());
        if (!taps_.empty()) // only now, so that nothing is logged that nobody reads
            tap_table_.emplace(taps_, groups.front());
    };
    if (settings_.netns().empty())
        open();
    else
        run_in_network_namespace(settings_.netns(), open);
    if (settings_.delivery() == NFLOGCAP_ADAPTIVE)
        adaptive_.emplace(*source, groups.size(), settings_.at_start(), settings_.batched());
    return source;
}

// The highest group that has no owner. People number theirs from below, and rules of theirs may log
// there, which are not looked at.
std::unique_ptr<LiveSource> Capture::bind_free_group(std::vector<std::uint16_t>& groups)
{
    constexpr std::uint16_t highest = 65535;
    constexpr std::uint16_t lowest = 65280;
    constexpr int attempts = 16; // another may be faster, and owners are not to be seen everywhere
    int attempt = 0;
    std::exception_ptr first_refusal;
    const std::set<std::uint16_t> owned = owned_groups();
    for (std::uint16_t group = highest; group >= lowest; --group) {
        if (owned.contains(group))
            continue;
        try {
            groups = {group};
            return std::make_unique<LiveSource>(groups, settings_.at_start(),
                                                settings_.socket_buffer());
        } catch (const Error& failure) {
            if (failure.code() != EPERM)
                throw;
            if (!first_refusal)
                first_refusal = std::current_exception();
            if (++attempt == attempts)
                std::rethrow_exception(first_refusal);
        }
    }
    throw Error(
        EBUSY,
        "cannot start: taps without a group take one of 65280 to 65535, and all have owners; "
        "add a group that is free");
}

int Capture::fd() noexcept
{
    watched_ = true;
    announce();
    return readiness_.fd();
}

int Capture::next(const nflogcap_packet*& packet, int timeout_ms)
{
    const int got = await_packet(packet_, timeout_ms);
    if (got == 1) {
        packet = &packet_;
        announce();
    }
    return got;
}

int Capture::next_batch(std::span<const nflogcap_packet*> packets, int timeout_ms)
{
    if (!packets_)
        packets_ = std::make_unique<std::array<nflogcap_packet, most_a_batch>>();
    const int got = await_packet(packets_->front(), timeout_ms);
    if (got != 1)
        return got;
    std::size_t n = 1;
    const std::size_t most = std::min(packets.size(), packets_->size());
    while (n < most && advance((*packets_)[n]))
        ++n;
    for (std::size_t i = 0; i < n; ++i)
        packets[i] = &(*packets_)[i];
    announce();
    return static_cast<int>(n);
}

void Capture::wakeup() noexcept
{
    woken_ = true;
    readiness_.ring();
}

void Capture::stop() noexcept
{
    stopped_ = true;
    readiness_.ring();
}

// The next packet of the batch at hand that is sound and that the filter accepts, counted.
bool Capture::advance(nflogcap_packet& packet) noexcept
{
    while (cursor_.more()) {
        const std::span<const std::byte> message = cursor_.next();
        if (!parser_->parse(message, packet)) {
            ++stats_.malformed;
            continue;
        }
        GroupCounters* group = groups_.find(packet.group);
        if (group == nullptr) {
            group = take_other();
            if (group == nullptr)
                continue;
        }
        if ((packet.present & NFLOGCAP_HAS_TIMESTAMP) == 0)
            packet.timestamp_ns = source_->received_at_ns(message);
        group->receive(packet);
        if (packet.lost_before > 0)
            look_at_queue();
        if (filter_ && !filter_->accepts(packet)) {
            group->reject(packet);
            continue;
        }
        group->deliver(packet);
        return true;
    }
    stats_.malformed += cursor_.take_fragments();
    return false;
}

// Counts a packet of a group that was not added: the kernel sends none, and a savefile's are wanted
// where no group was added. nullptr: it is not.
GroupCounters* Capture::take_other() noexcept
{
    if (groups_.empty())
        return &others_;
    if (settings_.savefile().empty())
        ++stats_.malformed;
    else
        others_.skip();
    return nullptr;
}

// As long as the batch lasts that is all there is to do.
int Capture::await_packet(nflogcap_packet& packet, int timeout_ms)
{
    if (!woken_.load(std::memory_order_relaxed) && advance(packet))
        return 1;
    return await_batch(packet, timeout_ms);
}

int Capture::await_batch(nflogcap_packet& packet, int timeout_ms)
{
    if (state_ == State::configured)
        throw Error(ENOTCONN, "there is no next packet: the capture has not been started");
    std::optional<Countdown> countdown;
    for (;;) {
        if (woken_.load(std::memory_order_relaxed) && take_wakeup())
            return -ECANCELED;
        if (advance(packet))
            return 1;
        announce(); // the filter may have rejected all that the descriptor shows
        if (!countdown)
            countdown.emplace(timeout_ms);
        else if (filter_ && countdown->over_since(most_overtime))
            return 0;
        if (const int got = refill(countdown->remaining_ms()); got != 1)
            return got;
    }
}

// Lets the next batch take the place of the one that was read. 1: look again, there may be a packet
// or a wake-up now; else what next() is to return.
int Capture::refill(int timeout_ms)
{
    if (state_ == State::ended)
        return -ENODATA;
    if (stopped_ && state_ == State::capturing) {
        tap_table_.reset();
        source_->stop();
        state_ = State::draining;
    }
    // The kernel queues all that it holds before it answers the unbinding, so nothing is waited for
    // in draining, unless it refuses to unbind.
    if (state_ == State::capturing ? !source_->has_backlog() : flushing_) {
        const Readiness::Wake wake = readiness_.wait(timeout_ms);
        if (wake.error == EINTR)
            return -EINTR;
        if (wake.error != 0)
            throw system_failure("cannot wait for packets", wake.error);
        if (wake.timed_out)
            return 0;
        if (wake.bell)
            settle_bell();
    }
    const Batch batch = source_->receive();
    switch (batch.error) {
    case 0:
        load(batch);
        break;
    case EAGAIN:
        if (state_ == State::draining)
            drain();
        break;
    case ENODATA:
        end();
        break;
    default:
        throw system_failure("cannot read from the netlink socket", batch.error);
    }
    return 1;
}

// Learns what the socket refused; how many bytes wait in it. 0 where the system does not tell.
std::uint32_t Capture::look_at_queue() noexcept
{
    const auto queue = source_->queue();
    if (!queue)
        return 0;
    refused_.look_at(*queue);
    return queue->bytes;
}

void Capture::load(const Batch& batch) noexcept
{
    cursor_ = MessageCursor(batch.bytes);
    ++stats_.batches;
    stats_.bytes += batch.bytes.size();
    stats_.truncated += batch.truncated ? 1 : 0;
    if (GroupCounters* group = cursor_.more() ? groups_.find(cursor_.group()) : nullptr)
        count_batch(*group, batch.bytes.size());
    if (refused_.unsettled())
        look_at_queue();
}

void Capture::count_batch(GroupCounters& group, std::size_t bytes) noexcept
{
    group.receive_batch(bytes, refused_.certain());
    if (adaptive_ && state_ == State::capturing)
        adaptive_->adapt(groups_.place(group), group.stats().received + group.stats().lost);
}

// Stopped, and nothing is queued: ends the capture, or sees to it that it ends in time.
void Capture::drain()
{
    if (source_->drained()) {
        end();
    } else if (const auto left = source_->flush_wait(); left && !flushing_) {
        readiness_.set_alarm(*left);
        flushing_ = true;
        settle_bell();
    }
}

void Capture::end() noexcept
{
    look_at_queue();
    readiness_.cancel_alarm();
    readiness_.unwatch(source_->fd());
    cursor_ = {};
    source_.reset();
    state_ = State::ended;
    settings_.unlock();
    settle_bell();
}

bool Capture::take_wakeup() noexcept
{
    if (!woken_.exchange(false))
        return false;
    settle_bell();
    return true;
}

// Shows on the descriptor whether packets are queued here, where the user looks at it.
void Capture::announce() noexcept
{
    if (!watched_)
        return;
    const bool queued = cursor_.more() || (source_ && source_->has_backlog());
    if (queued == announced_)
        return;
    announced_ = queued;
    if (queued)
        readiness_.ring();
    else
        settle_bell();
}

// Lets the bell ring if it has reason to. Whoever rings sets his flag first, so hushing it before
// looking at the flags misses nobody.
void Capture::settle_bell() noexcept
{
    readiness_.hush();
    if (woken_ || announced_ || state_ == State::ended || (stopped_ && !flushing_))
        readiness_.ring();
}

std::uint64_t Capture::unaccounted() noexcept
{
    std::uint64_t settled = refused_.total();
    for (const GroupCounters& group : groups_)
        settled = std::min(settled, group.settled());
    return unaccounted_before_ + refused_.total() - settled;
}

const nflogcap_stats& Capture::stats() noexcept
{
    stats_.socket_buffer_used = source_ ? look_at_queue() : 0;
    stats_.malformed += cursor_.take_fragments();
    stats_.received = stats_.delivered = stats_.filtered = stats_.lost = 0;
    const auto add = [&](const nflogcap_stats& counted) {
        stats_.received += counted.received;
        stats_.delivered += counted.delivered;
        stats_.filtered += counted.filtered;
        stats_.lost += counted.lost;
    };
    for (const GroupCounters& group : groups_)
        add(group.stats());
    add(others_.stats());
    stats_.overruns = refused_.overruns();
    stats_.dropped_batches = refused_.total();
    stats_.unaccounted_batches = unaccounted();
    if (adaptive_)
        stats_.delivery = adaptive_->any_batched() ? NFLOGCAP_BATCHED : NFLOGCAP_IMMEDIATE;
    return stats_;
}

const nflogcap_stats* Capture::group_stats(std::uint16_t group) noexcept
{
    const GroupCounters* counters = groups_.find(group);
    if (counters == nullptr)
        return nullptr;
    group_stats_ = counters->stats();
    return &group_stats_;
}

const char* Capture::interface_name(std::uint32_t index) noexcept
{
    if (!source_ || !source_->interface_name(index, interface_name_))
        return nullptr;
    return interface_name_.data();
}

} // namespace nflog
