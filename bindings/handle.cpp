// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

namespace binding {

namespace {

constexpr std::size_t max_batch = 256; // the maximum of nflogcap_next_batch()

constexpr Range group_numbers{0, std::numeric_limits<std::uint16_t>::max()};
constexpr Range seq_numbers{0, std::numeric_limits<std::uint32_t>::max()};
constexpr Range descriptor_numbers{0, std::numeric_limits<int>::max()};

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

void Handle::set_option(const char* name, Bytes value, Failure& failure) noexcept
{
    const std::string text = copied_text(name, value, failure);
    if (failure.code != 0)
        return;
    const char* const given = value.data == nullptr ? nullptr : text.c_str();
    report_argument(closed() ? why_none_ : nflogcap_set_option(handle_, name, given), failure);
}

void Handle::remove_group(long long group, Failure& failure) noexcept
{
    if (!closed() && !group_numbers.holds(group))
        failure.set_out_of_range("group", group, group_numbers);
    else
        report_argument(closed()
                            ? why_none_
                            : nflogcap_remove_group(handle_, static_cast<std::uint16_t>(group)),
                        failure);
}

void Handle::remove_tap(Bytes match, Bytes hook, Failure& failure) noexcept
{
    const std::string words = copied_text("tap", match, failure);
    const std::string at = copied_text("hook", hook, failure);
    if (failure.code == 0)
        report_argument(closed() ? why_none_
                                 : nflogcap_remove_tap(handle_, at.c_str(), words.c_str()),
                        failure);
}

void Handle::remove_taps(Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_remove_taps(handle_), failure);
}

void Handle::start(Failure& failure) noexcept
{
    if (report(closed() ? why_none_ : nflogcap_start(handle_), failure) == 0)
        interfaces_->set_host(nflogcap_host_name(handle_));
}

void Handle::add_descriptor(long long descriptor, Failure& failure) noexcept
try {
    if (descriptor_numbers.holds(descriptor))
        descriptors_.push_back(static_cast<int>(descriptor));
    else
        failure.set_out_of_range("descriptor", descriptor, descriptor_numbers);
} catch (const std::bad_alloc&) {
    explain(-ENOMEM, failure);
}

void Handle::adopt(Failure& failure) noexcept
{
    const int code =
        closed() ? why_none_ : nflogcap_adopt(handle_, descriptors_.data(), descriptors_.size());
    if ((code == -EBADF || code == -EBADMSG) &&
        !closed()) // an invalid descriptor is an invalid argument
        failure.set(-EINVAL, nflogcap_error(handle_));
    else if (report(code, failure) == 0)
        interfaces_->set_host(nflogcap_host_name(handle_));
}

nflogcap_filter* Handle::compiled_filter(Bytes expression, Failure& failure) noexcept
{
    const std::string text = copied_text("filter", expression, failure);
    nflogcap_filter* filter = nullptr;
    if (failure.code == 0)
        failure.code =
            nflogcap_filter_new(&filter, text.c_str(), failure.words, sizeof failure.words);
    return filter;
}

void Handle::use_filter(nflogcap_filter* filter, Failure& failure) noexcept
{
    if (report(closed() ? why_none_ : nflogcap_use_filter(handle_, filter), failure) < 0)
        nflogcap_filter_free(filter);
}

// Replaces the library's -ENOENT, which is about an option, a group or a tap, by -EINVAL. Otherwise
// languages would raise their error for a missing file.
void Handle::report_argument(int code, Failure& failure) const noexcept
{
    report(code, failure);
    if (failure.code == -ENOENT)
        failure.code = -EINVAL;
}

int Handle::fd(Failure& failure) noexcept
{
    return report(closed() ? why_none_ : nflogcap_fd(handle_), failure);
}

void Handle::wakeup(Failure& failure) noexcept
{
    if (closed())
        explain(why_none_, failure);
    else
        report_wordless(nflogcap_wakeup(handle_), failure);
}

void Handle::stop(Failure& failure) noexcept
{
    if (closed())
        explain(why_none_, failure);
    else
        report_wordless(nflogcap_stop(handle_), failure);
}

void Handle::hand_over(Failure& failure) noexcept
{
    if (closed())
        explain(why_none_, failure);
    else
        report_wordless(nflogcap_hand_over(handle_), failure);
}

void Handle::take_over(Failure& failure) noexcept
{
    report(closed() ? why_none_ : nflogcap_take_over(handle_), failure);
}

List Handle::descriptors(Failure& failure) noexcept
{
    return filled(nflogcap_descriptors, failure);
}

List Handle::groups(Failure& failure) noexcept
{
    return filled(nflogcap_groups, failure);
}

// Returns all integers that `fill` can return: it fills an array with as many as fit.
template <typename Integer>
List Handle::filled(int (*fill)(nflogcap*, Integer*, std::size_t), Failure& failure) const noexcept
{
    const int count = closed() ? why_none_ : fill(handle_, nullptr, 0);
    if (report(count, failure) <= 0)
        return {};
    const auto length = static_cast<std::size_t>(count);
    auto* const integers = static_cast<Integer*>(std::calloc(length, sizeof(Integer)));
    if (integers == nullptr)
        explain(-ENOMEM, failure);
    else
        report(fill(handle_, integers, length), failure);
    return {reinterpret_cast<const char*>(integers), integers == nullptr ? 0 : length,
            sizeof(Integer)};
}

void Handle::expect(long long group, long long seq, Failure& failure) noexcept
{
    if (closed())
        explain(why_none_, failure);
    else if (!group_numbers.holds(group))
        failure.set_out_of_range("group", group, group_numbers);
    else if (!seq_numbers.holds(seq))
        failure.set_out_of_range("seq", seq, seq_numbers);
    else
        report_argument(nflogcap_expect(handle_, static_cast<std::uint16_t>(group),
                                        static_cast<std::uint32_t>(seq)),
                        failure);
}

unsigned long long Handle::expected(long long group, Failure& failure) noexcept
{
    std::uint32_t seq = 0;
    if (closed())
        explain(why_none_, failure);
    else if (!group_numbers.holds(group))
        failure.set_out_of_range("group", group, group_numbers);
    else
        report_argument(nflogcap_expected(handle_, static_cast<std::uint16_t>(group), &seq),
                        failure);
    return seq;
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
    if (closed())
        explain(why_none_, failure);
    else
        report_wordless(nflogcap_get_stats(handle_, &stats, sizeof stats), failure);
    return stats;
}

nflogcap_stats Handle::group_stats(long long group, Failure& failure) noexcept
{
    nflogcap_stats stats{};
    if (closed()) {
        explain(why_none_, failure);
    } else if (!group_numbers.holds(group)) {
        failure.set_out_of_range("group", group, group_numbers);
    } else if (const int code = nflogcap_get_group_stats(handle_, static_cast<std::uint16_t>(group),
                                                         &stats, sizeof stats);
               code == -ENOENT) {
        failure.code = -EINVAL;
        static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                        "group %lld is not one that this captures", group));
    } else {
        report_wordless(code, failure);
    }
    return stats;
}

int Handle::take(const nflogcap_packet*& packet) noexcept
{
    if (closed())
        return why_none_;
    const int got = nflogcap_next(handle_, &packet, 0);
    ended_ = got == -ENODATA;
    return got == 1 && !interfaces_->learn(handle_, *packet) ? -ENOMEM : got;
}

int Handle::take(Packet*& packet) noexcept
{
    const nflogcap_packet* borrowed = nullptr;
    const int got = take(borrowed);
    if (got != 1 || borrowed == nullptr)
        return got;
    packet = copy(*borrowed, *interfaces_);
    return packet == nullptr ? -ENOMEM : 1;
}

int Handle::take(Batch*& batch) noexcept
{
    if (closed())
        return why_none_;
    std::array<const nflogcap_packet*, max_batch> room;
    const int got = nflogcap_next_batch(handle_, room.data(), room.size(), 0);
    ended_ = got == -ENODATA;
    if (got <= 0)
        return got;
    const std::span packets(room.data(), static_cast<std::size_t>(got));
    for (const nflogcap_packet* packet : packets) {
        if (!interfaces_->learn(handle_, *packet))
            return -ENOMEM;
    }
    batch = Batch::of(packets, *interfaces_);
    return batch == nullptr ? -ENOMEM : got;
}

void Handle::explain(int code, Failure& failure) const noexcept
{
    if (code == -EBADF)
        failure.set(code, "the capture is closed");
    else if (closed() || code == -ENOMEM) // the handle may not exist, or has no text for this
        failure.set(code, nflogcap_strerror(code));
    else
        failure.set(code, nflogcap_error(handle_));
}

void Handle::begin_wait()
{
    // The threads that waited in the parent of a fork() do not exist in this child.
    if (const pid_t process = getpid(); process != process_) {
        new (&waiters_) Waiters;
        process_ = process;
    }
    waiters_.enter();
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
    // The threads that waited before a fork() do not exist in the child.
    if (getpid() == process_) {
        nflogcap_wakeup(detached);
        waiters_.await_leaving();
    }
    nflogcap_close(detached);
}

// Reports the failure of a call that any thread may make, and that stores no text in the handle.
// Asking the library for its text of ECHILD could block until the owner's process ends.
void Handle::report_wordless(int code, Failure& failure) noexcept
{
    if (code == -ECHILD)
        failure.set(code, "this capture belongs to another process; take it over, or wait until "
                          "that process ends");
    else if (code < 0)
        failure.set(code, nflogcap_strerror(code));
}

int Handle::report(int code, Failure& failure) const noexcept
{
    if (code < 0)
        explain(code, failure);
    return code;
}

} // namespace binding
