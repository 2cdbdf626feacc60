// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "accounting.hpp"
#include "adaptive_delivery.hpp"
#include "adopted.hpp"
#include "epoll.hpp"
#include "handover_state.hpp"
#include "live_source.hpp"
#include "message_cursor.hpp"
#include "ownership.hpp"
#include "packet_parser.hpp"
#include "packet_times.hpp"
#include "savefile_input.hpp"
#include "settings.hpp"
#include "source.hpp"
#include "tap.hpp"
#include "tap_table.hpp"

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <nflogcap.h>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nflog {

// A capture from its start to its end: its source, its taps, and the batch at hand.
class Session {
public:
    // Binds the captured groups, and then adds the taps; or takes the savefile, if there is one.
    // For taps without a group it chooses one. Throws Error, and leaves no group bound and no tap.
    // If a signal ends the wait for a savefile, throws Error(EINTR) and gives it back; if a stop
    // ends it, the session has no packets.
    Session(const Settings& settings, const std::vector<Tap>& taps,
            const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
            std::unique_ptr<SavefileInput>& savefile);

    // Goes on with the capture of another process, with these settings. Without taps it has those
    // of that process; else it adds the taps that are missing, and removes all others. Throws
    // Error, and then the other process's groups and taps are as they were, but settings may have
    // changed.
    Session(const Settings& settings, const std::vector<Tap>& taps,
            const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
            Adopted& adopted);
    // Unbinds the groups and removes the taps, unless it leaves them to another process.
    ~Session();
    Session(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(const Session&) = delete;
    Session& operator=(Session&&) = delete;

    // Throws Error if groups and taps cannot change now; `what` cannot be done then.
    void require_live(const std::string& what) const;
    // After it. Each throws Error, and then has changed nothing.
    void add_group(std::uint16_t group, std::size_t place);
    void remove_group(std::uint16_t group, std::size_t place);
    // The first tap logs to the group, and all others to the same.
    void add_tap(const Tap& tap, std::uint16_t group);
    // Removes the first of several equal taps.
    void remove_tap(const Tap& tap);

    [[nodiscard]] std::vector<Tap> taps() const;
    // That the taps log to; absent without a tap.
    [[nodiscard]] std::optional<std::uint16_t> tap_group() const noexcept { return tap_group_; }

    // The next packet of the batch at hand whose message is valid. False if there is none.
    bool read(nflogcap_packet& packet, Accounting& accounting) noexcept
    {
        while (cursor_.more()) {
            const std::span<const std::byte> message = cursor_.next();
            if (!parse_packet(message, packet)) [[unlikely]] {
                accounting.add_malformed(1);
                continue;
            }
            if (times_of_batch_ != nullptr) [[likely]]
                times_of_batch_->set(packet, cursor_);
            else
                set_recorded_time(packet, source_->received_at_ns(message));
            return true;
        }
        accounting.add_malformed(cursor_.take_fragments());
        return false;
    }

    // Whether a packet can be had without waiting and without the source's descriptors showing it.
    [[nodiscard]] bool has_backlog() const noexcept
    {
        return cursor_.more() || source_->has_backlog();
    }

    // Replaces the batch at hand, which is read, by the next one. Throws Error.
    Batch::State load(Accounting& accounting);

    // Removes the taps and lets nothing more in.
    void stop() noexcept;
    // Leaves the groups and the taps to others who hold the descriptors. What waits now is still
    // returned, and then the session is at its end.
    void leave() noexcept;
    [[nodiscard]] bool is_leaving() const noexcept { return is_leaving_; }

    // Those that another process needs to adopt it. Throws Error if none can.
    [[nodiscard]] std::vector<int> descriptors() const;

    [[nodiscard]] const Source& source() const noexcept { return *source_; }
    // NFLOGCAP_BATCHED or NFLOGCAP_IMMEDIATE, now in force. Any thread.
    [[nodiscard]] std::uint32_t delivery() const noexcept;

private:
    template <typename Body>
    void in_network_namespace(Body body);
    void open(const Settings& settings, const std::vector<Tap>& taps,
              std::vector<GroupPlace> groups, Epoll& epoll);
    void bind(const Settings& settings, const std::vector<GroupPlace>& groups, Epoll& epoll);
    void adopt(const Settings& settings, const std::vector<Tap>& taps,
               const std::vector<GroupPlace>& groups, Epoll& epoll, Adopted& adopted);
    void adopt_taps(const std::vector<Tap>& taps, Adopted& adopted);
    void take_from(std::unique_ptr<LiveSource> source, const Settings& settings,
                   std::size_t group_count);
    void finish_removal(std::size_t place);
    void take_off(const Tap& tap);
    void record_taps(HandoverState& state);
    void set_captured(std::uint16_t group, bool is_captured) noexcept;

    const Ownership& ownership_;
    std::string netns_;
    std::uint32_t delivery_;
    std::unique_ptr<Source> source_;
    LiveSource* live_ = nullptr; // the source, if it is no savefile
    std::optional<AdaptiveDelivery> adaptive_;
    std::list<TapTable>
        taps_; // until the stop: those of the start, and one for each that was added
    std::optional<std::uint16_t> tap_group_;
    HandoverState* state_ = nullptr; // of a live capture
    bool is_stopped_ = false;
    bool is_leaving_ = false;
    MessageCursor cursor_;
    std::deque<PacketTimes> times_; // by place; none of a savefile, whose records have times
    PacketTimes* times_of_batch_ = nullptr;
};

} // namespace nflog
