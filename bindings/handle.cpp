// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <unistd.h>
#include <utility>

namespace binding {

namespace {

// Those of nflogcap.h, for values too that its parameters have no room for.
constexpr Range groups{0, std::numeric_limits<std::uint16_t>::max()};
constexpr Range snaplens{0, 65531};
constexpr Range queue_thresholds{1, std::numeric_limits<std::uint32_t>::max()};
constexpr Range flush_timeouts{0, 3'600'000};
constexpr Range batch_sizes{4096, 131072};
constexpr Range socket_buffers{4096, 1'073'741'823};

// Which of these there are the library says itself.
constexpr Range deliveries{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};

} // namespace

Handle::Handle() noexcept : interfaces_(Interfaces::make()), process_(getpid())
{
    why_none_ = interfaces_ == nullptr ? -ENOMEM : nflogcap_new(&handle_);
}

Handle::~Handle()
{
    nflogcap_close(handle_);
    if (interfaces_ != nullptr)
        interfaces_->release();
}

void Handle::add_group(long long group, Failure& failure) noexcept
{
    set("group", group, groups, nflogcap_add_group, failure);
}

void Handle::set_snaplen(long long snaplen, Failure& failure) noexcept
{
    set("snaplen", snaplen, snaplens, nflogcap_set_snaplen, failure);
}

void Handle::set_delivery(long long delivery, Failure& failure) noexcept
{
    set("delivery", delivery, deliveries, nflogcap_set_delivery, failure);
}

void Handle::set_queue_threshold(long long queue_threshold, Failure& failure) noexcept
{
    set("queue_threshold", queue_threshold, queue_thresholds, nflogcap_set_queue_threshold,
        failure);
}

void Handle::set_flush_timeout(long long flush_timeout, Failure& failure) noexcept
{
    set("flush_timeout", flush_timeout, flush_timeouts, nflogcap_set_flush_timeout, failure);
}

void Handle::set_batch_size(long long batch_size, Failure& failure) noexcept
{
    set("batch_size", batch_size, batch_sizes, nflogcap_set_batch_size, failure);
}

void Handle::set_socket_buffer(long long socket_buffer, Failure& failure) noexcept
{
    set("socket_buffer", socket_buffer, socket_buffers, nflogcap_set_socket_buffer, failure);
}

void Handle::set_conntrack(bool conntrack, Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_set_conntrack(handle_, conntrack ? 1 : 0), failure);
}

void Handle::set_netns(const char* netns, Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_set_netns(handle_, netns), failure);
}

void Handle::set_filter(const char* filter, Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_set_filter(handle_, filter), failure);
}

void Handle::set_savefile(const char* savefile, Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_set_savefile(handle_, savefile), failure);
}

void Handle::add_tap(const char* hook, const char* match, Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_add_tap(handle_, hook, match), failure);
}

void Handle::start(Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_start(handle_), failure);
}

int Handle::fd(Failure& failure) noexcept
{
    return report(closed() ? why_none_ : nflogcap_fd(handle_), failure);
}

void Handle::wakeup(Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_wakeup(handle_), failure);
}

void Handle::stop(Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_stop(handle_), failure);
}

Optional Handle::tap_group(Failure& failure) noexcept
{
    const int group = closed() ? why_none_ : nflogcap_tap_group(handle_);
    if (group == -ENOENT)
        return {false, 0};
    if (report(group, failure) < 0)
        return {false, 0};
    return {true, static_cast<std::uint64_t>(group)};
}

nflogcap_stats Handle::stats(Failure& failure) noexcept
{
    nflogcap_stats stats{};
    report(closed() ? why_none_ : nflogcap_get_stats(handle_, &stats, sizeof stats), failure);
    return stats;
}

nflogcap_stats Handle::group_stats(long long group, Failure& failure) noexcept
{
    if (closed()) {
        explain(why_none_, failure);
    } else if (!groups.holds(group)) {
        failure.set_out_of_range("group", group, groups);
    } else if (nflogcap_stats stats{};
               nflogcap_get_group_stats(handle_, static_cast<std::uint16_t>(group), &stats,
                                        sizeof stats) == 0) {
        return stats;
    } else {
        failure.code = -EINVAL;
        static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                        "group %lld is not one that this captures", group));
    }
    return {};
}

int Handle::take(Packet*& packet) noexcept
{
    if (closed())
        return why_none_;
    const nflogcap_packet* borrowed = nullptr;
    const int got = nflogcap_next(handle_, &borrowed, 0);
    ended_ = got == -ENODATA;
    if (got != 1)
        return got;
    if (!interfaces_->learn(handle_, *borrowed))
        return -ENOMEM;
    packet = copy(*borrowed, *interfaces_);
    return packet == nullptr ? -ENOMEM : 1;
}

int Handle::take(const nflogcap_packet** packets, std::size_t capacity) noexcept
{
    if (closed())
        return why_none_;
    const int got = nflogcap_next_batch(handle_, packets, capacity, 0);
    ended_ = got == -ENODATA;
    for (int i = 0; i < got; ++i) {
        if (!interfaces_->learn(handle_, *packets[i]))
            return -ENOMEM;
    }
    return got;
}

void Handle::explain(int code, Failure& failure) const noexcept
{
    if (code == -EBADF)
        failure.set(code, "the capture is closed");
    else if (closed() || code == -ENOMEM) // of which the handle may know nothing
        failure.set(code, nflogcap_strerror(code));
    else
        failure.set(code, nflogcap_error(handle_));
}

void Handle::close()
{
    if (nflogcap* const detached = detach())
        free(detached);
}

nflogcap* Handle::detach() noexcept
{
    if (!closed())
        why_none_ = -EBADF;
    return std::exchange(handle_, nullptr);
}

void Handle::free(nflogcap* detached)
{
    // The threads that waited when a process forked are not in its child.
    if (getpid() == process_) {
        nflogcap_wakeup(detached);
        waiters_.await_leaving();
    }
    nflogcap_close(detached);
}

template <typename Value>
void Handle::set(const char* option, long long value, Range range, int (*setter)(nflogcap*, Value),
                 Failure& failure) noexcept
{
    if (closed())
        explain(why_none_, failure);
    else if (!range.holds(value))
        failure.set_out_of_range(option, value, range);
    else
        report(setter(handle_, static_cast<Value>(value)), failure);
}

int Handle::report(int code, Failure& failure) const noexcept
{
    if (code < 0)
        explain(code, failure);
    return code;
}

} // namespace binding
