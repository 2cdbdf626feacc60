// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "alarm.hpp"
#include "epoll.hpp"
#include "group_config.hpp"
#include "netlink_socket.hpp"
#include "ownership.hpp"
#include "source.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace nflog {

// The kernel's batches of some groups, from binding the groups until they are unbound and
// everything is read.
class LiveSource final : public Source {
public:
    // Binds the captured groups that are not bound, and changes the settings of those that are
    // bound with others. If the kernel refuses one, throws Error, and none of the groups that were
    // not bound is bound.
    LiveSource(NetlinkSocket socket, const std::vector<GroupPlace>& groups,
               const GroupSettings& settings, bool has_other_settings, Epoll& epoll,
               const Ownership& ownership);
    // Unbinds the groups, because another process, such as a child of fork(), may hold the socket
    // open. In a process that does not own the capture it changes neither the groups nor the shared
    // Epoll.
    ~LiveSource() override;
    LiveSource(const LiveSource&) = delete;
    LiveSource(LiveSource&&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;
    LiveSource& operator=(LiveSource&&) = delete;

    // Binds another group at that place, which is new, or was that of the group when it was
    // removed. If the kernel refuses, throws Error and changes nothing. The last batch stays valid.
    void add(std::size_t place, std::uint16_t group);
    // Unbinds a group; before that the kernel delivers its gathered packets. If the kernel refuses,
    // throws Error and changes nothing.
    void remove(std::size_t place);
    [[nodiscard]] bool is_bound(std::size_t place) const noexcept
    {
        return bindings_[place].state == State::bound;
    }

    // After a stop receive() must find that the queue is empty, which no descriptor shows.
    [[nodiscard]] bool has_backlog() const noexcept override
    {
        return !backlog_.empty() ||
               ((is_stopped_ || is_leaving_) && (!alarm_ || is_sealed_ || leave_at_));
    }
    Batch receive() override;
    [[nodiscard]] std::uint64_t
    received_at_ns(std::span<const std::byte> /*message*/) const noexcept override
    {
        return received_at_ns_;
    }

    [[nodiscard]] std::uint64_t max_wait_ns(std::size_t place) const noexcept override;
    [[nodiscard]] std::uint64_t unread_since_ns(std::size_t place) noexcept override;

    // Sets how much of the group at that place the kernel gathers. If the kernel refuses, because
    // privileges were dropped, refuses_settings() is true when its answer has been read.
    void set_gathering(std::size_t place, std::uint32_t queue_threshold,
                       std::uint32_t batch_size) noexcept;
    [[nodiscard]] bool refuses_settings() const noexcept { return refuses_settings_; }

    // Asks the kernel to unbind the groups; before that it delivers their gathered packets. If it
    // refuses, because privileges were dropped, this delivery takes one flush timeout.
    void stop() noexcept override;

    // Leaves the groups bound for another process that holds the socket. receive() still returns
    // the packets that the kernel has now, except those that it gathers for a long time, and then
    // `ended`.
    void leave() noexcept;

    [[nodiscard]] const NetlinkSocket& socket() const noexcept { return socket_; }
    [[nodiscard]] std::optional<SocketQueue> queue() const noexcept override;
    [[nodiscard]] std::uint32_t socket_buffer() const noexcept override
    {
        return socket_.buffer_granted();
    }
    [[nodiscard]] bool interface_name(std::uint32_t index,
                                      InterfaceName& name) const noexcept override
    {
        return socket_.interface_name(index, name);
    }

private:
    // For the longest batch: the kernel fills the unused space of its allocation, so that a batch
    // of 131072 bytes can have 261,824. A longer one would be cut off.
    static constexpr std::size_t receive_bytes = std::size_t{512} * 1024;
    // Aligned to pages, because the kernel copies faster to an aligned address.
    static constexpr std::size_t page_bytes = 4096;
    struct alignas(page_bytes) ReceiveBuffer {
        std::array<std::byte, receive_bytes> bytes;
    };

    enum class State : std::uint8_t { unbound, bound, unbinding, refused };
    struct Binding {
        std::uint16_t group;
        State state = State::unbound;
        bool is_gathered = false; // the kernel waits for more packets before it sends a batch
        std::uint64_t gathered_until_ns = 0; // delivery time of packets gathered before that ended
    };
    using Clock = std::chrono::steady_clock;

    // An entry that waits after the batches that were read: a datagram, or the information that a
    // group is bound or unbound.
    struct Waiting {
        Batch::State state;
        std::vector<std::byte> datagram;
        bool is_truncated = false;
        std::size_t place = 0;
    };
    template <typename Exchange>
    void beside_batch(Exchange exchange);

    NetlinkSocket::Datagram receive_datagram() noexcept;
    void put_back(Waiting waiting);
    void bind(std::size_t place);
    void change_settings(std::size_t place);
    void note_bound(std::size_t place) noexcept;
    int ask(const ConfigMessage& request);
    void unbind(std::size_t place);
    [[nodiscard]] std::uint64_t max_gathering_ns() const noexcept;
    int await_answer();
    void request_unbinding(std::size_t place) noexcept;
    bool repeat_unbinding() noexcept;
    Batch::State state_of_empty_queue();
    void handle_answer(const nlmsghdr& answer) noexcept;
    void note_flushed() noexcept;
    [[nodiscard]] std::chrono::milliseconds gathering_time() const noexcept;
    void note_refusal(const Binding& binding) noexcept;

    GroupSettings settings_;
    Epoll& epoll_;
    const Ownership& ownership_;
    NetlinkSocket socket_;
    // By place. When the capture stops, the request to unbind bindings_[i] has the sequence number
    // i + 1. Requests that set how much is gathered have 0. Requests with an awaited answer have
    // numbers above those of all groups.
    std::vector<Binding> bindings_;
    std::uint32_t sequence_; // of the last request with an awaited answer
    std::unique_ptr<ReceiveBuffer> buffer_;
    std::deque<Waiting> backlog_;           // received while an answer was awaited
    std::atomic<bool> has_backlog_ = false; // for any thread
    std::vector<std::byte> held_;           // the batch of backlog_ that was returned last
    std::uint64_t received_at_ns_ = 0;      // of the last batch
    std::uint64_t bytes_received_ = 0;
    // When `bytes` have been received, all batches sent before `at_ns` have been received.
    struct Mark {
        std::uint64_t at_ns;
        std::uint64_t bytes;
    };
    std::uint64_t unread_since_ns_;
    std::optional<Mark> mark_; // set if the queue was not empty
    bool is_stopped_ = false;
    bool is_leaving_ = false;
    std::optional<std::uint64_t> leave_at_; // end when so many bytes have been received
    bool refuses_settings_ = false;
    // The time at which the kernel has delivered the packets that it gathered before the stop. Set
    // if the kernel refuses to unbind, or is not asked to.
    std::optional<Clock::time_point> flushed_at_;
    std::optional<Alarm> alarm_; // at that time
    bool is_sealed_ = false;     // that time has passed
};

} // namespace nflog
