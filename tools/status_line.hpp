// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"

#include <chrono>
#include <nflogcap.h>
#include <string>
#include <string_view>

namespace command {

// The last line of the terminal at standard error: what comes in, whether all of it does, and how
// far a savefile was read.
// Where that is no terminal it does nothing.
class StatusLine {
public:
    // `waiting` is shown, escaped, until the first packet. "": there is no status line.
    explicit StatusLine(std::string_view waiting);
    ~StatusLine() { clear(); }

    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    [[nodiscard]] bool active() const { return active_; }

    // Shows the counters as they are now.
    void update(const nflogcap_stats& stats);

    // Takes it off the terminal, and puts it there again.
    void clear();
    void redraw();

private:
    using Clock = std::chrono::steady_clock;

    std::string waiting_;
    bool active_;
    Colours colours_;
    bool shown_ = false;
    std::string text_;
    bool waits_ = false; // it says that there is no packet yet
    Clock::time_point begin_ = Clock::now();
    Clock::time_point since_ = begin_;
    std::uint64_t received_ = 0; // then
};

} // namespace command
