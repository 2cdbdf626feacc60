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

// The source of the kernel's batches of some groups. It binds the groups, and returns batches until
// the groups are unbound and everything is read.
class LiveSource final : public Source {
public:
    // Binds the captured groups that are not bound, and changes the settings of bound groups if
    // they differ. If the kernel refuses one of them, throws Error, and the groups that were
    // unbound before are unbound again.
    LiveSource(NetlinkSocket socket, const std::vector<GroupPlace>& groups,
               const GroupSettings& settings, bool has_other_settings, Epoll& epoll,
               const Ownership& ownership);
    // Unbinds the groups, because another process, such as a child of fork(), may keep the socket
    // open. In a process that does not own the capture, the destructor changes neither the groups
    // nor the shared Epoll.
    ~LiveSource() override;
    LiveSource(const LiveSource&) = delete;
    LiveSource(LiveSource&&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;
    LiveSource& operator=(LiveSource&&) = delete;

    // Binds another group at a place, which must be new, or the former place of this group. If the
    // kernel refuses, throws Error and changes nothing. The last batch stays valid.
    void add(std::size_t place, std::uint16_t group);
    // Unbinds a group. Before that, the kernel delivers the packets that it has gathered for the
    // group. If the kernel refuses, throws Error and changes nothing.
    void remove(std::size_t place);
    [[nodiscard]] bool is_bound(std::size_t place) const noexcept
    {
        return bindings_[place].state == State::bound;
    }

    // After a stop, receive() must be called until the queue is empty. No descriptor signals an
    // empty queue, so this returns true then.
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

    // Sets how many packets and bytes the kernel gathers for the group at that place. The kernel
    // refuses this if privileges were dropped. refuses_settings() becomes true when its answer has
    // been read.
    void set_gathering(std::size_t place, std::uint32_t queue_threshold,
                       std::uint32_t batch_size) noexcept;
    [[nodiscard]] bool refuses_settings() const noexcept { return refuses_settings_; }

    // Asks the kernel to unbind the groups. Before that, the kernel delivers the packets that it
    // has gathered for them. If it refuses, because privileges were dropped, this delivery takes
    // one flush timeout.
    void stop() noexcept override;

    // Leaves the groups bound for another process that holds the socket. receive() still returns
    // the packets that are in the kernel now, and then `ended`. Packets that the kernel gathers for
    // a long time are excepted.
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
    // Room for the longest batch. The kernel also uses the rest of its memory allocation, so that a
    // batch of 131,072 bytes can grow to 261,824 bytes. A smaller buffer would truncate this batch.
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
        // Until then, packets that were gathered earlier may arrive
        std::uint64_t gathered_until_ns = 0;
    };
    using Clock = std::chrono::steady_clock;

    // An entry of the backlog: a datagram, or the information that a group was bound or unbound.
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
    // Indexed by place. Sequence numbers of requests: place + 1 for those that unbind a group at
    // the capture's stop, 0 for those that set how much is gathered, and numbers above all groups
    // for those with an awaited answer.
    std::vector<Binding> bindings_;
    std::uint32_t sequence_; // of the last request with an awaited answer
    std::unique_ptr<ReceiveBuffer> buffer_;
    std::deque<Waiting> backlog_;           // received while an answer was awaited
    std::atomic<bool> has_backlog_ = false; // for any thread
    std::vector<std::byte> held_;           // the last batch that was returned from backlog_
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
    std::optional<std::uint64_t> leave_at_; // the source ends after this number of bytes
    bool refuses_settings_ = false;
    // The time at which the kernel has delivered all packets that it gathered before the stop. Set
    // if the kernel refuses to unbind the groups, or if leave() was called.
    std::optional<Clock::time_point> flushed_at_;
    std::optional<Alarm> alarm_; // rings at flushed_at_
    bool is_sealed_ = false;     // flushed_at_ has passed
};

} // namespace nflog
