// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <nflogcap.h>

namespace command {

// While it lives, SIGINT, SIGTERM and SIGHUP stop the capture without loss; the second of them
// ends the process at once, as it would without this. There is one at a time.
//
// The first one interrupts the system call that waits (EINTR), and so does an alarm each second
// after it: a call that begins to wait just after the signal is interrupted too.
class StopOnSignal {
public:
    explicit StopOnSignal(nflogcap* handle);
    ~StopOnSignal();

    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    // Stops the capture like a signal when so much time has passed, which no setting of the clock
    // changes.
    void stop_after(std::chrono::milliseconds time);

    // Whether a signal came, or the time is over.
    static bool stopped();

private:
    bool is_timed_ = false;
};

// Wakes the capture of StopOnSignal, if there is one. A signal handler may call it.
void wake_capture();

// While it lives, a terminal that changed its size (SIGWINCH), and the end of a suspension
// (SIGCONT), wake the capture of StopOnSignal, so that what is on the terminal can be drawn again.
class WakeOnRedraw {
public:
    WakeOnRedraw();
    ~WakeOnRedraw();

    WakeOnRedraw(const WakeOnRedraw&) = delete;
    WakeOnRedraw& operator=(const WakeOnRedraw&) = delete;
};

// Whether output still goes on after a stop, to a reader that may be slow.
class StallDetector {
public:
    // To be called after each interruption with the amount of output so far. True after a stop, if
    // that has not changed for two alarms.
    bool has_stalled(std::uint64_t done);

private:
    std::uint64_t done_ = 0;
    int since_ = -1; // number of the alarm; -1: not stopped yet
};

} // namespace command
