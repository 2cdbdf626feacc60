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

// A capture from its start to its end: its source, its taps, and the current batch.
class Session {
public:
    // Binds the captured groups, and then creates the taps. If there are taps and no group, it
    // chooses a group. If a savefile is set, takes the savefile instead. If this fails, throws
    // Error; then no group is bound and no tap exists. If a signal ends the wait for a savefile,
    // throws Error(EINTR) and gives the savefile back. If a stop ends the wait, the session has no
    // packets.
    Session(const Settings& settings, const std::vector<Tap>& taps,
            const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
            std::unique_ptr<SavefileInput>& savefile);

    // Continues the capture of another process with these settings. If `taps` is empty, takes over
    // the taps of that process. Otherwise creates the taps that are missing, and removes all other
    // taps. If this throws Error, the groups and taps of the other process are unchanged, but
    // settings may have changed.
    Session(const Settings& settings, const std::vector<Tap>& taps,
            const std::vector<GroupPlace>& groups, Epoll& epoll, const Ownership& ownership,
            Adopted& adopted);
    // Unbinds the groups and removes the taps, unless the session leaves them to another process.
    ~Session();
    Session(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(const Session&) = delete;
    Session& operator=(Session&&) = delete;

    // Throws Error if groups and taps cannot change now. `what`: the action that is impossible
    // then.
    void require_live(const std::string& what) const;
    // require_live() must be called before these. If one throws Error, it has changed nothing.
    void add_group(std::uint16_t group, std::size_t place);
    void remove_group(std::uint16_t group, std::size_t place);
    // The first tap decides the group. All later taps log to the same group.
    void add_tap(const Tap& tap, std::uint16_t group);
    // Removes the first of several equal taps.
    void remove_tap(const Tap& tap);

    [[nodiscard]] std::vector<Tap> taps() const;
    // The group to which the taps log; absent if there is no tap.
    [[nodiscard]] std::optional<std::uint16_t> tap_group() const noexcept { return tap_group_; }

    // Reads the next packet of the current batch that has a valid message. Returns false if there
    // is no such packet.
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

    // Whether read() or load() can return packets at once although the source's descriptors do not
    // show it.
    [[nodiscard]] bool has_backlog() const noexcept
    {
        return cursor_.more() || source_->has_backlog();
    }

    // Replaces the current batch, which must have been read to its end, by the next one. Throws
    // Error.
    Batch::State load(Accounting& accounting);

    // Removes the taps, and stops the arrival of packets.
    void stop() noexcept;
    // Leaves the groups and the taps to the process that has the descriptors. The session still
    // returns the packets that wait now, and then ends.
    void leave() noexcept;
    [[nodiscard]] bool is_leaving() const noexcept { return is_leaving_; }

    // Returns the descriptors that another process needs to adopt the capture. Throws Error if the
    // capture cannot be adopted.
    [[nodiscard]] std::vector<int> descriptors() const;

    [[nodiscard]] const Source& source() const noexcept { return *source_; }
    // The present delivery: NFLOGCAP_BATCHED or NFLOGCAP_IMMEDIATE. Any thread can call this.
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
    LiveSource* live_ = nullptr; // the source, unless it is a savefile
    std::optional<AdaptiveDelivery> adaptive_;
    // Until the stop: one table for the taps of the start, and one for each added tap
    std::list<TapTable> taps_;
    std::optional<std::uint16_t> tap_group_;
    HandoverState* state_ = nullptr; // nullptr unless the capture is live
    bool is_stopped_ = false;
    bool is_leaving_ = false;
    MessageCursor cursor_;
    std::deque<PacketTimes>
        times_; // by place; empty with a savefile, because its records have times
    PacketTimes* times_of_batch_ = nullptr;
};

} // namespace nflog
