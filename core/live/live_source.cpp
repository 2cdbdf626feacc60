// SPDX-License-Identifier: GPL-2.0-or-later
#include "live_source.hpp"

#include "error.hpp"
#include "refusal.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

constexpr std::uint32_t gathering_sequence = 0;
constexpr int max_attempts = 10; // to get an answer
constexpr std::uint32_t first_sequence = 65536;
constexpr std::uint64_t sequences = UINT64_C(1) << 31;

// Returns a sequence number above the numbers of all groups. It depends on the time, because an
// adopted socket may still contain an answer to a process that has ended.
std::uint32_t chosen_sequence(std::uint64_t now_ns) noexcept
{
    return first_sequence + static_cast<std::uint32_t>(now_ns % sequences);
}

// Returns the answer to one of our requests, or nullptr if the datagram is a batch. A datagram
// contains either one answer or one batch.
const nlmsghdr* as_answer(std::span<const std::byte> datagram) noexcept
{
    constexpr std::size_t length = NLMSG_HDRLEN + sizeof(nlmsgerr);
    const auto* header = reinterpret_cast<const nlmsghdr*>(datagram.data());
    return datagram.size() >= length && header->nlmsg_type == NLMSG_ERROR ? header : nullptr;
}

int errno_of(const nlmsghdr& answer) noexcept
{
    return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&answer))->error;
}

std::uint64_t now_ns() noexcept
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * ns_per_second +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::string cannot_bind(std::uint16_t group)
{
    return "cannot bind group " + std::to_string(group);
}

std::string cannot_change(std::uint16_t group)
{
    return "cannot change the settings of group " + std::to_string(group);
}

// `what` names the action that failed.
[[noreturn]] void fail_configuring(const std::string& what, int code)
{
    switch (code) {
    case EOPNOTSUPP:
        throw Error(code, what + ": this kernel cannot add conntrack entries to NFLOG "
                                 "(CONFIG_NETFILTER_NETLINK_GLUE_CT, nf_conntrack_netlink); "
                                 "capture without conntrack");
    case EINVAL: // from nfnetlink itself: no such subsystem is registered
        throw Error(EOPNOTSUPP, what + ": this kernel has no NFLOG (CONFIG_NETFILTER_NETLINK_LOG, "
                                       "module nfnetlink_log)");
    default:
        throw system_failure(what, code);
    }
}

[[noreturn]] void fail_without_answer(const std::string& what)
{
    throw Error(ENOBUFS, what + ": the kernel's answers were lost because the socket buffer was "
                                "full; set a larger one");
}

[[noreturn]] void fail_unbinding(std::uint16_t group, int code)
{
    const std::string what = "cannot remove group " + std::to_string(group);
    if (code == EPERM)
        throw Error(code, what +
                              ": the program has dropped CAP_NET_ADMIN; remove groups before that, "
                              "or end the capture");
    throw system_failure(what, code);
}

} // namespace

LiveSource::LiveSource(NetlinkSocket socket, const std::vector<GroupPlace>& groups,
                       const GroupSettings& settings, bool has_other_settings, Epoll& epoll,
                       const Ownership& ownership)
    : settings_(settings), epoll_(epoll), ownership_(ownership), socket_(std::move(socket)),
      sequence_(chosen_sequence(now_ns())),
      buffer_(std::make_unique_for_overwrite<ReceiveBuffer>()), unread_since_ns_(now_ns())
{
    bindings_.reserve(groups.size());
    for (const GroupPlace& group : groups)
        bindings_.push_back({group.group});
    for (std::size_t place = 0; place < groups.size(); ++place) {
        if (!groups[place].is_captured)
            continue;
        if (!groups[place].is_bound)
            bind(place);
        else if (has_other_settings)
            change_settings(place);
        else
            note_bound(place);
    }
    epoll_.watch(socket_.fd());
}

LiveSource::~LiveSource()
{
    if (!ownership_.is_mine())
        return;
    if (!is_leaving_)
        stop();
    epoll_.unwatch(socket_.fd());
    if (alarm_)
        epoll_.unwatch(alarm_->fd());
}

Batch LiveSource::receive()
{
    if (!backlog_.empty()) {
        Waiting next = std::move(backlog_.front());
        backlog_.pop_front();
        has_backlog_ = !backlog_.empty();
        held_ = std::move(next.datagram);
        received_at_ns_ = now_ns();
        bytes_received_ += held_.size();
        return {next.state, held_, next.is_truncated, next.place};
    }
    for (;;) {
        if (flushed_at_ && Clock::now() >= *flushed_at_)
            note_flushed();
        if (leave_at_ && bytes_received_ >= *leave_at_)
            return {Batch::State::ended};
        const NetlinkSocket::Datagram datagram = receive_datagram();
        if (datagram.error == EAGAIN) {
            if (is_stopped_ && repeat_unbinding())
                continue;
            return {state_of_empty_queue()};
        }
        if (datagram.error != 0)
            throw system_failure("cannot read from the netlink socket", datagram.error);
        const nlmsghdr* answer = as_answer(datagram.bytes);
        if (answer == nullptr) {
            received_at_ns_ = now_ns();
            bytes_received_ += datagram.bytes.size();
            return {Batch::State::packets, datagram.bytes, datagram.truncated};
        }
        handle_answer(*answer);
    }
}

void LiveSource::add(std::size_t place, std::uint16_t group)
{
    if (place == bindings_.size())
        bindings_.push_back({group});
    bindings_[place].group = group;
    const auto here = static_cast<std::ptrdiff_t>(backlog_.size());
    put_back({Batch::State::bound, {}, false, place}); // before packets of the group can arrive
    try {
        beside_batch([&] { bind(place); });
    } catch (...) {
        backlog_.erase(backlog_.begin() + here);
        has_backlog_ = !backlog_.empty();
        // The group may be bound, if the answer was lost.
        const auto request = ConfigMessage::unbind(group, ++sequence_);
        static_cast<void>(socket_.send(request.header()));
        throw;
    }
}

void LiveSource::remove(std::size_t place)
{
    beside_batch([&] { unbind(place); });
    put_back({Batch::State::unbound, {}, false, place});
}

// Lets `exchange` receive into another buffer, because buffer_ contains the current batch.
template <typename Exchange>
void LiveSource::beside_batch(Exchange exchange)
{
    auto other = std::make_unique_for_overwrite<ReceiveBuffer>();
    std::swap(buffer_, other);
    try {
        exchange();
    } catch (...) {
        std::swap(buffer_, other);
        throw;
    }
    std::swap(buffer_, other);
}

void LiveSource::put_back(Waiting waiting)
{
    backlog_.push_back(std::move(waiting));
    has_backlog_ = true;
}

std::optional<SocketQueue> LiveSource::queue() const noexcept
{
    std::optional<SocketQueue> queue = socket_.queue();
    if (queue)
        queue->has_backlog = has_backlog_;
    return queue;
}

void LiveSource::stop() noexcept
{
    is_stopped_ = true;
    for (std::size_t place = 0; place < bindings_.size(); ++place) {
        if (bindings_[place].state == State::bound)
            request_unbinding(place);
    }
}

void LiveSource::leave() noexcept
{
    constexpr std::chrono::milliseconds max_gathering(100);
    is_leaving_ = true;
    const bool is_gathered = std::ranges::any_of(bindings_, &Binding::is_gathered);
    flushed_at_ = Clock::now();
    if (is_gathered)
        *flushed_at_ += std::min(max_gathering, gathering_time());
}

// Called when the kernel has delivered the packets that it gathered before stop() or leave(). After
// leave(), another process reads later packets. This process ends after it has received leave_at_
// bytes. A batch occupies more of the socket buffer than its own bytes, so all packets that wait
// now come before that point.
void LiveSource::note_flushed() noexcept
{
    if (is_leaving_ && !leave_at_) {
        const std::optional<SocketQueue> waiting = socket_.queue();
        leave_at_ = bytes_received_ + (waiting ? waiting->bytes : 0);
    } else if (!is_leaving_ && !is_sealed_) {
        socket_.seal();
        is_sealed_ = true;
    }
}

// The flush timeout with slack, because the kernel's timer counts in units of 10 ms, from the first
// packet that it gathers.
std::chrono::milliseconds LiveSource::gathering_time() const noexcept
{
    constexpr std::chrono::milliseconds slack(30);
    return std::chrono::milliseconds(settings_.flush_timeout_ms) + slack;
}

// The kernel sends packets that it does not gather at once. The slack covers the time between the
// packet's timestamp and its arrival in the socket's queue.
std::uint64_t LiveSource::max_wait_ns(std::size_t place) const noexcept
{
    constexpr std::uint64_t slack_ns = 1'000'000;
    const Binding& binding = bindings_[place];
    if (!binding.is_gathered && received_at_ns_ >= binding.gathered_until_ns)
        return slack_ns;
    return max_gathering_ns() + slack_ns;
}

// Each time, the size of the queue is noted together with the time. When that many bytes have been
// received, all batches that were in the queue at that time have been read, because a datagram
// occupies more of the socket buffer than its own bytes. The batches that remain were sent later.
std::uint64_t LiveSource::unread_since_ns(std::size_t place) noexcept
{
    const std::uint64_t now = now_ns();
    const std::optional<SocketQueue> waiting = queue();
    if (backlog_.empty() && waiting && waiting->bytes == 0) {
        unread_since_ns_ = now;
        mark_.reset();
    } else if (waiting && (!mark_ || bytes_received_ >= mark_->bytes)) {
        if (mark_)
            unread_since_ns_ = mark_->at_ns;
        mark_ = {now, bytes_received_ + waiting->bytes};
    }
    return unread_since_ns_ - std::min(unread_since_ns_, max_wait_ns(place));
}

// The kernel counts the timeout in whole ticks. Its timer can be late by one tick, or by one eighth
// of a long timeout.
std::uint64_t LiveSource::max_gathering_ns() const noexcept
{
    constexpr std::uint64_t unit_ms = 10;
    constexpr std::uint64_t unit_ns = unit_ms * 1'000'000;
    constexpr std::uint64_t ticks_of_granularity = 8;
    timespec resolution{};
    clock_getres(CLOCK_MONOTONIC_COARSE, &resolution); // one tick
    const auto tick_ns = static_cast<std::uint64_t>(resolution.tv_nsec);
    const std::uint64_t ticks =
        (settings_.flush_timeout_ms + unit_ms - 1) / unit_ms * unit_ns / tick_ns;
    return (ticks + std::max<std::uint64_t>(1, ticks / ticks_of_granularity)) * tick_ns;
}

void LiveSource::set_gathering(std::size_t place, std::uint32_t queue_threshold,
                               std::uint32_t batch_size) noexcept
{
    Binding& binding = bindings_[place];
    if (binding.is_gathered)
        binding.gathered_until_ns = now_ns() + max_gathering_ns();
    binding.is_gathered = queue_threshold > 1;
    const auto request =
        ConfigMessage::gather(binding.group, queue_threshold, batch_size, gathering_sequence);
    if (socket_.send(request.header()) != 0)
        refuses_settings_ = true;
}

// If the queue is empty and an answer is missing, the kernel dropped the answer because the queue
// was full. The queue has room now, so the request is repeated. Returns false if all answers have
// arrived.
bool LiveSource::repeat_unbinding() noexcept
{
    for (std::size_t place = 0; place < bindings_.size(); ++place) {
        if (bindings_[place].state == State::unbinding) {
            request_unbinding(place);
            return true;
        }
    }
    return false;
}

Batch::State LiveSource::state_of_empty_queue()
{
    if (!is_stopped_ && !is_leaving_)
        return Batch::State::none_now;
    if (!flushed_at_ || is_sealed_ || leave_at_)
        return Batch::State::ended;
    if (!alarm_) {
        Alarm alarm(*flushed_at_);
        epoll_.watch(alarm.fd());
        alarm_ = std::move(alarm);
    }
    return Batch::State::none_now;
}

NetlinkSocket::Datagram LiveSource::receive_datagram() noexcept
{
    return socket_.receive(buffer_->bytes);
}

void LiveSource::bind(std::size_t place)
{
    const std::uint16_t group = bindings_[place].group;
    const auto request = ConfigMessage::bind(group, settings_, ++sequence_);
    // The kernel drops its answer if packets of groups that were bound earlier have filled the
    // socket's buffer. In this case the queue is read to its end and the request is repeated. Then
    // the kernel answers that the group is bound already.
    for (int attempt = 1; attempt <= max_attempts; ++attempt) {
        const int code = ask(request);
        if (code == EBUSY && attempt == 1) // a process that has ended bound it to the socket
            return change_settings(place);
        if (code == 0 || code == EBUSY)
            return note_bound(place);
        if (code == EPERM) {
            const Refusal refusal = explain_refusal(group);
            // Another program may alternately bind and unbind the group. One of the attempts will
            // then see it as the owner.
            if (!refusal.may_be_over || attempt == max_attempts)
                throw Error(code, cannot_bind(group) + ": " + refusal.words);
        } else if (code != EAGAIN) {
            fail_configuring(cannot_bind(group), code);
        }
    }
    fail_without_answer(cannot_bind(group));
}

// The group must be bound to the socket.
void LiveSource::change_settings(std::size_t place)
{
    const std::uint16_t group = bindings_[place].group;
    const auto request = ConfigMessage::change(group, settings_, ++sequence_);
    for (int attempt = 1; attempt <= max_attempts; ++attempt) {
        const int code = ask(request);
        if (code == 0)
            return note_bound(place);
        if (code == EPERM)
            throw Error(code, cannot_change(group) + ": the program lacks CAP_NET_ADMIN; adopt it "
                                                     "with the settings that it has");
        if (code != EAGAIN)
            fail_configuring(cannot_change(group), code);
    }
    fail_without_answer(cannot_change(group));
}

void LiveSource::note_bound(std::size_t place) noexcept
{
    Binding& binding = bindings_[place];
    binding = {binding.group, State::bound, settings_.queue_threshold > 1};
}

// Sends a request. Returns the errno of the kernel's answer, or EAGAIN if the answer was lost.
int LiveSource::ask(const ConfigMessage& request)
{
    const int code = socket_.send(request.header());
    return code == 0 ? await_answer() : code;
}

void LiveSource::unbind(std::size_t place)
{
    Binding& binding = bindings_[place];
    const auto request = ConfigMessage::unbind(binding.group, ++sequence_);
    int code = EAGAIN; // the kernel may drop its answer, as in bind()
    for (int attempt = 0; code == EAGAIN && attempt < max_attempts; ++attempt)
        code = ask(request);
    if (code != 0 && code != ENODEV) // ENODEV: an earlier request unbound the group
        fail_unbinding(binding.group, code);
    binding.state = State::unbound;
}

// Returns the errno of the kernel's answer, or EAGAIN if the answer was lost.
int LiveSource::await_answer()
{
    for (;;) {
        const NetlinkSocket::Datagram datagram = receive_datagram();
        if (datagram.error != 0)
            return datagram.error;
        const nlmsghdr* answer = as_answer(datagram.bytes);
        if (answer == nullptr)
            put_back({Batch::State::packets,
                      {datagram.bytes.begin(), datagram.bytes.end()},
                      datagram.truncated});
        else if (answer->nlmsg_seq == sequence_)
            return errno_of(*answer);
        else
            handle_answer(*answer);
    }
}

void LiveSource::request_unbinding(std::size_t place) noexcept
{
    Binding& binding = bindings_[place];
    const auto request =
        ConfigMessage::unbind(binding.group, static_cast<std::uint32_t>(place + 1));
    binding.state = socket_.send(request.header()) == 0 ? State::unbinding : State::refused;
    note_refusal(binding);
}

void LiveSource::handle_answer(const nlmsghdr& answer) noexcept
{
    if (answer.nlmsg_seq == gathering_sequence) {
        refuses_settings_ = true; // the kernel answers these requests only if it refuses them
        return;
    }
    const std::size_t place = answer.nlmsg_seq - std::size_t{1};
    if (place >= bindings_.size() || bindings_[place].state != State::unbinding)
        return;
    const int code = errno_of(answer);
    // ENODEV: an earlier request unbound the group, but its answer was dropped.
    bindings_[place].state = code == 0 || code == ENODEV ? State::unbound : State::refused;
    note_refusal(bindings_[place]);
}

void LiveSource::note_refusal(const Binding& binding) noexcept
{
    if (binding.state == State::refused && !flushed_at_)
        flushed_at_ = Clock::now() + gathering_time();
}

} // namespace nflog
