// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <nflogcap.h>

namespace command {

// While an object exists, SIGINT, SIGTERM and SIGHUP stop the capture without loss. A second such
// signal ends the process at once, as without this class. Only one object can exist at a time.
//
// The first signal interrupts a waiting system call (EINTR). From then on, an alarm every second
// interrupts system calls too. This covers a call that begins to wait just after the signal.
class StopOnSignal {
public:
    explicit StopOnSignal(nflogcap* handle);
    ~StopOnSignal();

    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    // Stops the capture after this time, as a signal would. Changes to the clock do not affect the
    // time.
    void stop_after(std::chrono::milliseconds time);

    // Returns whether a signal has arrived, or the time of stop_after() has passed.
    static bool stopped();

private:
    bool is_timed_ = false;
};

// Wakes the capture of StopOnSignal, if there is one. Signal handlers may call this function.
void wake_capture();

// While an object exists, two signals wake the capture of StopOnSignal, so that the terminal can be
// redrawn: SIGWINCH (the terminal's size has changed) and SIGCONT (the process continues after a
// suspension).
class WakeOnRedraw {
public:
    WakeOnRedraw();
    ~WakeOnRedraw();

    WakeOnRedraw(const WakeOnRedraw&) = delete;
    WakeOnRedraw& operator=(const WakeOnRedraw&) = delete;
};

// Detects, after a stop, that the output makes no progress any more. A slow reader is not a stall.
class StallDetector {
public:
    // Call this after each interruption, with the amount of output so far. Returns true if a stop
    // was requested and the amount has not changed for two alarms.
    bool has_stalled(std::uint64_t done);

private:
    std::uint64_t done_ = 0;
    int since_ = -1; // number of the alarm at the last progress; -1: not stopped yet
};

} // namespace command
