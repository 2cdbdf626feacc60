// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "handle.hpp"
#include "heavy_hitters.hpp"
#include "options.hpp"
#include "output.hpp"
#include "screen.hpp"
#include "signals.hpp"
#include "sink.hpp"
#include "top_key.hpp"
#include "top_table.hpp"

#include <chrono>
#include <optional>

namespace command {

// Counts packets by a key, and shows the keys with the most packets as a table, every second. On a
// terminal, each table replaces the previous one. At the end it shows a table of the whole capture.
// For a savefile, and with --once, it shows only this final table.
class Top : public Sink {
public:
    // `waiting`: text to show until the first packet arrives.
    Top(const Handle& handle, const CaptureOptions& options, StatusLine& status,
        std::string waiting);

    // Returns whether only the final table is shown.
    static bool is_once(const CaptureOptions& options);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override { return false; }
    void flush() override {}
    [[nodiscard]] int fd() const override;
    bool tick() override;
    [[nodiscard]] bool is_timed() const override { return !from_file_; }
    void close() override;
    [[nodiscard]] std::uint64_t packets() const override { return whole_.packets; }

private:
    using Clock = std::chrono::steady_clock;

    void end_interval(Clock::time_point now);
    [[nodiscard]] TopTable table(bool is_whole, double seconds, const Figures& part) const;
    void show(const TopTable& table);

    const Handle& handle_;
    TopKey key_;
    std::uint64_t once_seconds_;
    bool is_once_;
    bool is_json_;
    bool from_file_;
    std::string waiting_;
    Output output_;
    Colours colours_;
    std::optional<WakeOnRedraw> wake_;
    std::optional<Screen> screen_; // absent: tables are printed one after the other
    KeyValues values_;
    HeavyHitters hitters_;
    Figures whole_;
    Figures before_; // figures before the interval
    Clock::time_point start_ = Clock::now();
    Clock::time_point since_ = start_; // start of the interval
    std::optional<TopTable> latest_;   // table of the last interval
    bool has_shown_ = false;

    // Counters over all packets:
    std::uint64_t first_ns_ = 0;
    std::uint64_t last_ns_ = 0;
};

} // namespace command
