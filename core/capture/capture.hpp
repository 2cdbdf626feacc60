// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "adaptive_delivery.hpp"
#include "group_counters.hpp"
#include "message_cursor.hpp"
#include "packet_filter.hpp"
#include "packet_parser.hpp"
#include "readiness.hpp"
#include "refused_batches.hpp"
#include "settings.hpp"
#include "source.hpp"
#include "tap.hpp"
#include "tap_table.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <nflogcap.h>
#include <optional>
#include <span>
#include <vector>

namespace nflog {

// A capture from its settings to its last packet: what stands behind a handle of the C ABI, whose
// header tells what each function promises. Failures are thrown as Error; the outcomes that are
// none (nothing in time, woken, ended, a signal) are returned.
class Capture {
public:
    void add_group(std::uint16_t group);
    void add_tap(const char* hook, const char* match);
    // Throws Error while the capture runs.
    Settings& settings() { return settings_.require_unlocked("option"), settings_; }
    void set_filter(const char* expression);

    void start();

    [[nodiscard]] std::uint16_t tap_group() const;

    int fd() noexcept;
    int next(const nflogcap_packet*& packet, int timeout_ms);
    int next_batch(std::span<const nflogcap_packet*> packets, int timeout_ms);

    // Any thread, any signal handler.
    void wakeup() noexcept;
    void stop() noexcept;

    const nflogcap_stats& stats() noexcept;
    const nflogcap_stats* group_stats(std::uint16_t group) noexcept;

    const char* interface_name(std::uint32_t index) noexcept;

private:
    enum class State : std::uint8_t { configured, capturing, draining, ended };

    std::unique_ptr<Source> bind(std::vector<std::uint16_t>& groups);
    std::unique_ptr<LiveSource> bind_free_group(std::vector<std::uint16_t>& groups);
    bool advance(nflogcap_packet& packet) noexcept;
    GroupCounters* take_other() noexcept;
    int await_packet(nflogcap_packet& packet, int timeout_ms);
    int await_batch(nflogcap_packet& packet, int timeout_ms);
    int refill(int timeout_ms);
    void drain();
    std::uint32_t look_at_queue() noexcept;
    void load(const Batch& batch) noexcept;
    void count_batch(GroupCounters& group, std::size_t bytes) noexcept;
    void end() noexcept;
    bool take_wakeup() noexcept;
    void announce() noexcept;
    void settle_bell() noexcept;
    [[nodiscard]] std::uint64_t unaccounted() noexcept;

    static constexpr std::size_t most_a_batch = 256;

    State state_ = State::configured;

    Settings settings_;

    // the packet's way
    Readiness readiness_;
    std::unique_ptr<Source> source_;
    std::vector<Tap> taps_;
    std::optional<TapTable> tap_table_; // while packets are to be logged
    MessageCursor cursor_;
    std::optional<PacketParser> parser_;
    GroupTable groups_;
    GroupCounters others_{
        0}; // of all groups that were not added, of which a savefile may have some
    RefusedBatches refused_;
    std::unique_ptr<PacketFilter> filter_; // absent: none
    std::optional<AdaptiveDelivery> adaptive_;

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
    InterfaceName interface_name_{};
    std::uint64_t unaccounted_before_ = 0; // batches, of the times that it was started before
};

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

} // namespace nflog
