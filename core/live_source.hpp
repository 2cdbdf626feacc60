// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"
#include "netlink_socket.hpp"

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
class LiveSource {
public:
    // Binds the groups. Throws Error, with none of them bound, where the kernel refuses one.
    LiveSource(const std::vector<std::uint16_t>& groups, const GroupSettings& settings,
               std::uint32_t socket_buffer);
    // Unbinds them, since a child of fork() may hold the socket open; not in that child, though.
    ~LiveSource();
    LiveSource(const LiveSource&) = delete;
    LiveSource(LiveSource&&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;
    LiveSource& operator=(LiveSource&&) = delete;

    // The next batch, without waiting; its bytes last until the next call. EAGAIN: none is there.
    NetlinkSocket::Datagram receive() noexcept;

    // Whether receive() gives a batch even if the socket has none.
    [[nodiscard]] bool has_backlog() const noexcept { return !backlog_.empty(); }

    // Has the kernel gather this much of the group at that place from now on. Where it refuses to,
    // since privileges were dropped, refuses_settings() is true as soon as its answer was read.
    void set_gathering(std::size_t index, std::uint32_t queue_threshold,
                       std::uint32_t batch_size) noexcept;
    [[nodiscard]] bool refuses_settings() const noexcept { return refuses_settings_; }

    // Asks the kernel to unbind the groups. It delivers first what it gathered.
    void unbind() noexcept;

    // After unbind() and an EAGAIN: whether nothing more can come. Where the kernel refuses to
    // unbind (privileges were dropped) that takes as long as flush_wait() tells.
    bool drained() noexcept;
    [[nodiscard]] std::optional<std::chrono::milliseconds> flush_wait() const noexcept;

    [[nodiscard]] const NetlinkSocket& socket() const noexcept { return socket_; }

private:
    enum class State : std::uint8_t { unbound, bound, unbinding, refused };
    struct Binding {
        std::uint16_t group;
        State state;
    };
    using Clock = std::chrono::steady_clock;

    NetlinkSocket::Datagram receive_datagram() noexcept;
    void bind(std::size_t index);
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
    bool sealed_ = false;
    bool refuses_settings_ = false;
};

} // namespace nflog
