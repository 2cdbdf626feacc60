// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <nflogcap.h>

namespace command {

// During its lifetime, SIGINT, SIGTERM and SIGHUP stop the capture without loss. A second such
// signal ends the process at once, as it would without this class. Only one object can exist at a
// time.
//
// The first signal interrupts the system call that waits (EINTR). After it, an alarm every second
// does the same: it also interrupts a call that begins to wait just after the signal.
class StopOnSignal {
public:
    explicit StopOnSignal(nflogcap* handle);
    ~StopOnSignal();

    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    // Stops the capture like a signal after this time, which is measured independently of changes
    // to the clock.
    void stop_after(std::chrono::milliseconds time);

    // Whether a signal came, or the time has passed.
    static bool stopped();

private:
    bool is_timed_ = false;
};

// Wakes the capture of StopOnSignal, if there is one. A signal handler may call it.
void wake_capture();

// During its lifetime, a change of the terminal's size (SIGWINCH) and the end of a suspension
// (SIGCONT) wake the capture of StopOnSignal, so that the terminal can be redrawn.
class WakeOnRedraw {
public:
    WakeOnRedraw();
    ~WakeOnRedraw();

    WakeOnRedraw(const WakeOnRedraw&) = delete;
    WakeOnRedraw& operator=(const WakeOnRedraw&) = delete;
};

// Detects output that no longer progresses after a stop; the reader may be slow.
class StallDetector {
public:
    // To be called after each interruption, with the amount of output so far. Returns true after a
    // stop if the amount has not changed for two alarms.
    bool has_stalled(std::uint64_t done);

private:
    std::uint64_t done_ = 0;
    int since_ = -1; // number of the alarm; -1: not stopped yet
};

} // namespace command
