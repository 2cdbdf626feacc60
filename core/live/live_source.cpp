// SPDX-License-Identifier: GPL-2.0-or-later
#include "live_source.hpp"

#include "error.hpp"
#include "refusal.hpp"

#include <cerrno>
#include <ctime>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

// The kernel fills the slack of its allocator: a batch of 131072 bytes reaches 261,824. What does
// not fit would be cut off.
constexpr std::size_t receive_buffer = std::size_t{512} * 1024;

constexpr std::uint32_t gathering_sequence = 0;

// The answer to a request of ours, nullptr where the datagram is a batch; never both.
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
    constexpr std::uint64_t ns_a_second = 1'000'000'000;
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * ns_a_second +
           static_cast<std::uint64_t>(now.tv_nsec);
}

[[noreturn]] void fail_binding(std::uint16_t group, int code)
{
    const std::string what = "cannot bind group " + std::to_string(group) + ": ";
    switch (code) {
    case EPERM:
        throw Error(code, what + explain_refusal(group));
    case EOPNOTSUPP:
        throw Error(code, what + "this kernel cannot add conntrack entries to NFLOG "
                                 "(CONFIG_NETFILTER_NETLINK_GLUE_CT, nf_conntrack_netlink); "
                                 "capture without conntrack");
    case EINVAL: // from nfnetlink itself, which knows no such subsystem
        throw Error(EOPNOTSUPP, what + "this kernel has no NFLOG (CONFIG_NETFILTER_NETLINK_LOG, "
                                       "module nfnetlink_log)");
    default:
        throw system_failure("cannot bind group " + std::to_string(group), code);
    }
}

} // namespace

LiveSource::LiveSource(const std::vector<std::uint16_t>& groups, const GroupSettings& settings,
                       std::uint32_t socket_buffer)
    : settings_(settings), owner_(getpid()), socket_(socket_buffer),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(receive_buffer))
{
    bindings_.reserve(groups.size());
    for (const std::uint16_t group : groups)
        bindings_.push_back({group, State::unbound});
    for (std::size_t index = 0; index < bindings_.size(); ++index)
        bind(index);
}

LiveSource::~LiveSource()
{
    if (getpid() == owner_)
        unbind();
}

Batch LiveSource::receive() noexcept
{
    if (!backlog_.empty()) {
        held_ = std::move(backlog_.front());
        backlog_.pop_front();
        received_at_ns_ = now_ns();
        return {held_, 0, false};
    }
    for (;;) {
        if (flushed_at_ && !sealed_ && Clock::now() >= *flushed_at_) {
            socket_.seal();
            sealed_ = true;
        }
        const NetlinkSocket::Datagram datagram = receive_datagram();
        const nlmsghdr* answer = as_answer(datagram.bytes);
        if (answer == nullptr) {
            received_at_ns_ = now_ns();
            return {datagram.bytes, datagram.error, datagram.truncated};
        }
        take_answer(*answer);
    }
}

void LiveSource::set_gathering(std::size_t index, std::uint32_t queue_threshold,
                               std::uint32_t batch_size) noexcept
{
    const auto request = ConfigMessage::gather(bindings_[index].group, queue_threshold, batch_size,
                                               gathering_sequence);
    if (socket_.send(request.header()) != 0)
        refuses_settings_ = true;
}

void LiveSource::unbind() noexcept
{
    for (std::size_t index = 0; index < bindings_.size(); ++index) {
        if (bindings_[index].state == State::bound)
            request_unbind(index);
    }
}

bool LiveSource::drained() noexcept
{
    for (std::size_t index = 0; index < bindings_.size(); ++index) {
        if (bindings_[index].state == State::unbinding) {
            // Nothing is queued, so the answer was dropped for want of room. There is room now.
            request_unbind(index);
            return false;
        }
    }
    return !flushed_at_ || sealed_;
}

std::optional<std::chrono::milliseconds> LiveSource::flush_wait() const noexcept
{
    if (!flushed_at_ || sealed_)
        return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(*flushed_at_ - Clock::now());
}

NetlinkSocket::Datagram LiveSource::receive_datagram() noexcept
{
    return socket_.receive({buffer_.get(), receive_buffer});
}

void LiveSource::bind(std::size_t index)
{
    Binding& binding = bindings_[index];
    const auto request =
        ConfigMessage::bind(binding.group, settings_, static_cast<std::uint32_t>(index + 1));
    // The answer is dropped where packets of the groups before have filled the socket's buffer.
    // Then the queue is read to its end, and asked again the kernel answers that it is bound.
    constexpr int attempts = 10;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        int code = socket_.send(request.header());
        if (code == 0)
            code = await_answer(index);
        if (code == 0 || (code == EBUSY && attempt > 0)) {
            binding.state = State::bound;
            return;
        }
        if (code != EAGAIN)
            fail_binding(binding.group, code);
    }
    throw Error(ENOBUFS, "cannot bind group " + std::to_string(binding.group) +
                             ": the kernel's answers were lost for want of socket buffer; set a "
                             "larger one");
}

// The errno that the kernel answers, or EAGAIN where its answer was lost.
int LiveSource::await_answer(std::size_t index)
{
    for (;;) {
        const NetlinkSocket::Datagram datagram = receive_datagram();
        if (datagram.error != 0)
            return datagram.error;
        const nlmsghdr* answer = as_answer(datagram.bytes);
        if (answer == nullptr)
            backlog_.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
        else if (answer->nlmsg_seq == index + 1)
            return errno_of(*answer);
    }
}

void LiveSource::request_unbind(std::size_t index) noexcept
{
    Binding& binding = bindings_[index];
    const auto request =
        ConfigMessage::unbind(binding.group, static_cast<std::uint32_t>(index + 1));
    binding.state = State::unbinding;
    if (socket_.send(request.header()) != 0)
        refuse(binding);
}

void LiveSource::take_answer(const nlmsghdr& answer) noexcept
{
    if (answer.nlmsg_seq == gathering_sequence) {
        refuses_settings_ = true; // else it is not answered
        return;
    }
    const std::size_t index = answer.nlmsg_seq - std::size_t{1};
    if (index >= bindings_.size() || bindings_[index].state != State::unbinding)
        return;
    const int code = errno_of(answer);
    if (code == 0 || code == ENODEV) // it was unbound by a request whose answer was dropped
        bindings_[index].state = State::unbound;
    else
        refuse(bindings_[index]);
}

void LiveSource::refuse(Binding& binding) noexcept
{
    // The kernel's timer counts in units of 10 ms, from the first packet that it gathers.
    constexpr std::chrono::milliseconds slack(30);
    binding.state = State::refused;
    if (!flushed_at_)
        flushed_at_ = Clock::now() + std::chrono::milliseconds(settings_.flush_timeout_ms) + slack;
}

} // namespace nflog
