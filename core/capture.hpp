// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_counters.hpp"
#include "live_source.hpp"
#include "message_cursor.hpp"
#include "readiness.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <span>
#include <string>

namespace nflog {

// A capture from its settings to its last packet: what stands behind a handle of the C ABI, whose
// header tells what each function promises. Failures are thrown as Error; the outcomes that are
// none (nothing in time, woken, ended, a signal) are returned.
class Capture {
public:
    void add_group(std::uint16_t group);
    void set_snaplen(std::uint32_t bytes);
    void set_delivery(int delivery);
    void set_queue_threshold(std::uint32_t packets);
    void set_flush_timeout(std::uint32_t milliseconds);
    void set_batch_size(std::uint32_t bytes);
    void set_socket_buffer(std::uint32_t bytes);
    void set_conntrack(bool enabled);
    void set_netns(const char* path);

    void start();

    int fd() noexcept;
    int next(const nflogcap_packet*& packet, int timeout_ms);
    int next_batch(std::span<const nflogcap_packet*> packets, int timeout_ms);

    // Any thread, any signal handler.
    void wakeup() noexcept;
    void stop() noexcept;

    const nflogcap_stats& stats() noexcept;
    const nflogcap_stats* group_stats(std::uint16_t group) noexcept;

private:
    enum class State : std::uint8_t { configured, capturing, draining, ended };
    using Clock = std::chrono::steady_clock;

    void require_settable(const char* what) const;
    [[nodiscard]] std::uint32_t ranged(const char* what, std::uint32_t value, std::uint32_t least,
                                       std::uint32_t most) const;
    [[nodiscard]] GroupSettings group_settings() const noexcept;

    bool advance(nflogcap_packet& packet) noexcept;
    int await_packet(nflogcap_packet& packet, int timeout_ms);
    int refill(int timeout_ms);
    void drain();
    void load(const NetlinkSocket::Datagram& datagram) noexcept;
    void end() noexcept;
    bool take_wakeup() noexcept;
    void announce() noexcept;
    void settle_bell() noexcept;
    void look_at_queue() noexcept;
    [[nodiscard]] std::uint64_t unaccounted() noexcept;

    static constexpr std::uint32_t most_snaplen = 65531;
    static constexpr std::uint32_t default_socket_buffer = 33'554'432; // 32 MiB
    static constexpr std::size_t most_a_batch = 256;

    State state_ = State::configured;

    // settings
    std::uint32_t snaplen_ = most_snaplen;
    std::uint32_t socket_buffer_ = default_socket_buffer;
    int delivery_ = NFLOGCAP_BATCHED;
    std::optional<std::uint32_t> queue_threshold_; // absent: as the delivery wants it
    std::optional<std::uint32_t> flush_timeout_ms_;
    std::optional<std::uint32_t> batch_size_;
    bool conntrack_ = false;
    std::string netns_; // path; empty: that of the thread that starts

    // the packet's way
    Readiness readiness_;
    std::optional<LiveSource> source_;
    MessageCursor cursor_;
    GroupTable groups_;
    std::uint64_t received_at_ns_ = 0;

    nflogcap_packet packet_{};
    std::unique_ptr<std::array<nflogcap_packet, most_a_batch>> packets_;

    // what the descriptor shows
    std::atomic<bool> woken_ = false;
    std::atomic<bool> stopped_ = false;
    bool watched_ = false;   // the user waits on it: packets that are queued here must show
    bool announced_ = false; // they do
    bool flushing_ = false;  // stopped, and waiting for the kernel to flush

    nflogcap_stats stats_{};
    nflogcap_stats group_stats_{};
    std::uint32_t refused_seen_ = 0;       // the socket's counter, when it was looked at last
    std::uint64_t refused_when_empty_ = 0; // batches, until the queue was last seen empty
    bool unsettled_ = false;               // some were refused after that
    std::uint64_t unaccounted_before_ = 0; // of the times that it was started before
};

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

} // namespace nflog
