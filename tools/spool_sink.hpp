// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "handover.hpp"
#include "interface_names.hpp"
#include "interfaces.hpp"
#include "options.hpp"
#include "pcap_format.hpp"
#include "sink.hpp"
#include "status_line.hpp"
#include "writer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace command {

// The spool of --spool. nflogcap-spool(5) describes its files.
class SpoolSink final : public Sink {
public:
    // The capture of the groups must have started. For groups of an adopted capture, the sessions
    // of the previous process continue.
    SpoolSink(const Handle& handle, const CaptureOptions& options,
              const std::vector<std::uint16_t>& groups, const Handover& handover,
              StatusLine& status);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override
    {
        return false;
    } // data is written at the next tick
    void flush() override;
    [[nodiscard]] int fd() const override { return -1; }
    bool tick() override;
    [[nodiscard]] bool is_timed() const override { return true; }
    [[nodiscard]] std::chrono::microseconds tick_interval() const override;
    void set_groups(const std::vector<std::uint16_t>& groups) override;
    void close() override;
    [[nodiscard]] std::uint64_t packets() const override { return writer_.status().packets; }
    [[nodiscard]] const spool::Writer::Status* spool() const override { return &writer_.status(); }

private:
    using Clock = std::chrono::steady_clock;

    // The interfaces of a chunk's packets. The list is short, so it is searched linearly. Names are
    // looked up when a packet arrives, because they are unknown after the end of the capture.
    class Seen {
    public:
        void add(std::uint32_t index, InterfaceNames& names);
        void clear();
        [[nodiscard]] const spool::Interfaces& interfaces() const { return interfaces_; }

    private:
        std::vector<std::uint32_t> indexes_;
        spool::Interfaces interfaces_; // only the interfaces that have a name
    };

    // A chunk to which packets are still added.
    struct Filling {
        std::uint16_t group;
        std::uint64_t session;
        // The spool's counters for the group at the start of this process's session, minus the
        // capture's own counters at that time. The capture's current counters are added to them.
        std::uint64_t lost_before;
        std::uint64_t filtered_before;
        // The number of the first packet, minus the same counters of the capture.
        std::uint32_t next_before;
        std::uint64_t stored = 0; // packets that this process stored in this session
        std::vector<char> records{};
        std::uint64_t packets = 0;
        unsigned ticks = 0; // ticks since the chunk's first packet
        Seen seen{};
        Clock::time_point cut_at{}; // time of the previous chunk
    };

    Filling& filling_of(std::uint16_t group);
    void begin_session(std::uint16_t group, std::uint64_t session, std::uint32_t next);
    [[nodiscard]] nflogcap_stats stats_of(std::uint16_t group) const;
    void cut(Filling& filling, bool is_end = false);
    void report_trouble();

    const Handle& handle_;
    const std::string path_;
    StatusLine& status_;
    InterfaceNames names_;
    nflog::PcapFormat format_;
    spool::Writer writer_;
    std::vector<Filling> fillings_;
    std::size_t latest_ = 0; // index of the filling that took the last packet
    std::string trouble_;    // the trouble that was last reported
    Clock::time_point troubled_at_{};
    std::uint64_t dropped_ = 0; // the spool's count of dropped packets at the last check
    Clock::time_point writer_tick_{};
};

} // namespace command
