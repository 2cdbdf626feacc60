// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"

#include <chrono>
#include <nflogcap.h>
#include <string>
#include <string_view>

namespace command {

// The last line of the terminal at standard error. It shows the rate of packets, the losses, and
// how much of a savefile was read. If standard error is not a terminal, this class does nothing.
class StatusLine {
public:
    // `waiting`: text to show until the first packet arrives; it is escaped. "": no status line.
    explicit StatusLine(std::string_view waiting);
    ~StatusLine() { clear(); }

    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    [[nodiscard]] bool active() const { return active_; }

    // Shows the current counters.
    void update(const nflogcap_stats& stats);

    // clear() removes the line from the terminal; redraw() shows it again.
    void clear();
    void redraw();

private:
    using Clock = std::chrono::steady_clock;

    std::string waiting_;
    bool active_;
    Colours colours_;
    bool shown_ = false;
    std::string text_;
    bool waits_ = false; // shows the text `waiting`, because no packet has arrived yet
    Clock::time_point begin_ = Clock::now();
    Clock::time_point since_ = begin_;
    std::uint64_t received_ = 0; // packets received at the last update
};

} // namespace command
