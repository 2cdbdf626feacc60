// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"
#include "netlink_socket.hpp"
#include "source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <sys/types.h>
#include <vector>

namespace nflog {

// The kernel's batches of some groups, from the moment that they are bound until they are unbound
// and all is read.
class LiveSource final : public Source {
public:
    // Binds the groups. Throws Error, with none of them bound, where the kernel refuses one.
    LiveSource(const std::vector<std::uint16_t>& groups, const GroupSettings& settings,
               std::uint32_t socket_buffer);
    // Unbinds them, since a child of fork() may hold the socket open; not in that child, though.
    ~LiveSource() override;
    LiveSource(const LiveSource&) = delete;
    LiveSource(LiveSource&&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;
    LiveSource& operator=(LiveSource&&) = delete;

    [[nodiscard]] int fd() const noexcept override { return socket_.fd(); }
    [[nodiscard]] bool has_backlog() const noexcept override { return !backlog_.empty(); }
    Batch receive() noexcept override;
    [[nodiscard]] std::uint64_t
    received_at_ns(std::span<const std::byte> /*message*/) const noexcept override
    {
        return received_at_ns_;
    }

    // Has the kernel gather this much of the group at that place from now on. Where it refuses to,
    // since privileges were dropped, refuses_settings() is true as soon as its answer was read.
    void set_gathering(std::size_t index, std::uint32_t queue_threshold,
                       std::uint32_t batch_size) noexcept;
    [[nodiscard]] bool refuses_settings() const noexcept { return refuses_settings_; }

    // Asks the kernel to unbind the groups. It delivers first what it gathered. Where it refuses to
    // (privileges were dropped) that takes as long as flush_wait() tells.
    void stop() noexcept override { unbind(); }
    bool drained() noexcept override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> flush_wait() const noexcept override;

    [[nodiscard]] std::optional<SocketQueue> queue() const noexcept override
    {
        return socket_.queue();
    }
    [[nodiscard]] std::uint32_t buffer_granted() const noexcept override
    {
        return socket_.buffer_granted();
    }
    [[nodiscard]] bool interface_name(std::uint32_t index,
                                      InterfaceName& name) const noexcept override
    {
        return socket_.interface_name(index, name);
    }

private:
    enum class State : std::uint8_t { unbound, bound, unbinding, refused };
    struct Binding {
        std::uint16_t group;
        State state;
    };
    using Clock = std::chrono::steady_clock;

    NetlinkSocket::Datagram receive_datagram() noexcept;
    void bind(std::size_t index);
    void unbind() noexcept;
    int await_answer(std::size_t index);
    void request_unbind(std::size_t index) noexcept;
    void take_answer(const nlmsghdr& answer) noexcept;
    void refuse(Binding& binding) noexcept;

    GroupSettings settings_;
    pid_t owner_;
    NetlinkSocket socket_;
    // Requests to bind and unbind bindings_[i] carry the sequence number i + 1, those that set how
    // much is gathered 0.
    std::vector<Binding> bindings_;
    std::unique_ptr<std::byte[]> buffer_;
    std::deque<std::vector<std::byte>> backlog_;  // batches that came while the groups were bound
    std::vector<std::byte> held_;                 // the one of them that was given last
    std::optional<Clock::time_point> flushed_at_; // by then a group that stays bound was flushed
    std::uint64_t received_at_ns_ = 0;            // the last batch
    bool sealed_ = false;
    bool refuses_settings_ = false;
};

} // namespace nflog
