// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "accounting.hpp"
#include "cancellation.hpp"
#include "outcome.hpp"
#include "ownership.hpp"
#include "packet_filter.hpp"
#include "readiness.hpp"
#include "savefile_input.hpp"
#include "session.hpp"
#include "settings.hpp"
#include "source.hpp"
#include "tap.hpp"

#include <array>
#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <nflogcap.h>
#include <optional>
#include <span>
#include <vector>

namespace nflog {

// The implementation of a handle of the C ABI. It has the settings and, from each start to its end,
// a Session. nflogcap.h documents the functions. A failure throws Error.
class Capture {
public:
    Capture() = default;
    ~Capture();
    Capture(const Capture&) = delete;
    Capture(Capture&&) = delete;
    Capture& operator=(const Capture&) = delete;
    Capture& operator=(Capture&&) = delete;

    // Throws Error if another process owns the capture.
    void require_owner() { ownership_.require(); }
    void take_over() { ownership_.take(); }

    // These can be called while the capture runs. If one throws Error, it has changed nothing.
    void add_group(std::uint16_t group);
    void remove_group(std::uint16_t group);
    void add_tap(const char* hook, const char* match);
    void remove_tap(const char* hook, const char* match);
    void remove_taps();
    // Returns the settings, so that the caller can set `option`. Throws Error if the capture runs
    // and the option cannot be set then.
    Settings& settings(Option option);
    // nullptr: accepts all packets.
    void use_filter(std::unique_ptr<PacketFilter> filter) noexcept { filter_ = std::move(filter); }

    void start();

    // Returns the descriptors that another process needs to adopt the capture. This process keeps
    // them open.
    std::vector<int> descriptors();
    // Called instead of start(). Continues the capture to which the descriptors belong.
    void adopt(std::span<const int> descriptors);
    // Reports that the program has counted or stored all packets of the group with a lower number.
    void expect(std::uint16_t group, std::uint32_t number);
    // The number of the group's next packet.
    [[nodiscard]] std::uint32_t expected(std::uint16_t group) const;

    // In ascending order.
    [[nodiscard]] std::vector<std::uint16_t> groups() const { return accounting_.groups(); }

    [[nodiscard]] std::uint16_t tap_group() const;

    int fd() { return readiness_.fd(is_ready()); }

    // Gets the next packet of the current batch. Returns false if the batch has no more packets, or
    // if next() must handle something else first. This is not a cancellation point.
    bool take(const nflogcap_packet*& packet) noexcept
    {
        if (!session_ || is_woken_.load(std::memory_order_relaxed) || !ownership_.is_mine())
            return false;
        accounting_.mark();
        if (!advance(packets_.front()))
            return false;
        packet = packets_.data();
        show();
        return true;
    }
    Outcome next(const nflogcap_packet*& packet, int timeout_ms);
    // Fills the first `count` elements of `packets`.
    Outcome next_batch(std::span<const nflogcap_packet*> packets, int timeout_ms,
                       std::size_t& count);

    // Any thread and any signal handler can call these. They return false if another process owns
    // the capture.
    bool wakeup() noexcept;
    bool stop() noexcept;
    // The same as stop() if the descriptors were not requested.
    bool hand_over() noexcept;

    // Any thread.
    [[nodiscard]] nflogcap_stats stats();
    // Returns nothing if the group was not added.
    [[nodiscard]] std::optional<nflogcap_stats> group_stats(std::uint16_t group) const;

    const char* interface_name(std::uint32_t index) noexcept;
    // The name of the machine that captures; nullptr before the start, and with a savefile.
    [[nodiscard]] const char* host_name() const noexcept
    {
        return host_name_.front() == '\0' ? nullptr : host_name_.data();
    }

private:
    void require_taps_for_their_options() const;
    void require_start(std::uint16_t group) const;
    void open_savefile();
    void use(std::unique_ptr<Session> session);
    std::vector<GroupPlace> take_groups(const Adopted& adopted, std::vector<std::size_t>& added);
    [[nodiscard]] TapOptions tap_options() const;
    bool advance(nflogcap_packet& packet) noexcept;
    Outcome await(nflogcap_packet& packet, int timeout_ms);
    std::optional<Outcome> wait(int timeout_ms, const CancellationOff& cancellation);
    bool handle_signals() noexcept;
    void end() noexcept;
    void end_session() noexcept;
    void release() noexcept;
    [[nodiscard]] bool is_running() const noexcept { return session_ && !has_ended_; }
    [[nodiscard]] nflogcap_stats stats_of_session() const noexcept;
    [[nodiscard]] bool is_ready() const noexcept;
    void show() noexcept
    {
        if (readiness_.is_watched())
            readiness_.show(is_ready());
    }

    static constexpr std::size_t max_batch_packets = 256;

    Ownership ownership_{"capture", sizeof(HandoverState)};
    Settings settings_;
    std::vector<Tap> taps_;
    std::unique_ptr<PacketFilter> filter_; // nullptr: accepts all packets
    Readiness readiness_;
    Accounting accounting_;
    std::unique_ptr<SavefileInput> savefile_; // a start takes it
    // From the start to the end; after a hand-over until release()
    std::unique_ptr<Session> session_;
    bool has_ended_ = false;
    nflogcap_stats of_session_{}; // counters of the last session's source
    mutable std::mutex
        monitoring_; // guards session_ and of_session_, which stats() reads in other threads
    std::vector<nflogcap_packet> packets_ = std::vector<nflogcap_packet>(1); // returned last
    std::atomic<bool> is_woken_ = false;
    std::atomic<bool> is_stop_requested_ = false;
    std::atomic<bool> is_hand_over_requested_ = false;
    std::atomic<bool> has_descriptors_out_ = false;
    InterfaceName interface_name_{}; // returned last
    std::array<char, HOST_NAME_MAX + 1> host_name_{};
};

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

} // namespace nflog
