// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace command {

// While it lives, signals ask for something that a capture does between two packets: SIGUSR1 for
// its counts, SIGUSR2 for a flush, and, if it has a use for it, SIGHUP for a new file and for its
// configuration to be read again. Each wakes the
// capture of StopOnSignal, which must live longer.
class Requests {
public:
    explicit Requests(bool uses_hangup);
    ~Requests();

    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    // Each returns whether that signal came since the last call.
    static bool take_counts();
    static bool take_flush();
    // If SIGHUP came because the terminal was closed, the capture is stopped instead, as without
    // this, or goes on if nohup(1) started it.
    bool take_hangup();

private:
    bool has_terminal_;
    bool outlives_terminal_ = false;
};

} // namespace command
