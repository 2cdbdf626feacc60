// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace command {

// During its lifetime, signals request actions that a capture performs between two packets: SIGUSR1
// prints the counters and SIGUSR2 flushes. SIGHUP, if it is used, begins a new file and reads the
// configuration again. Each signal wakes the capture of StopOnSignal, which must live longer.
class Requests {
public:
    explicit Requests(bool uses_hangup);
    ~Requests();

    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    // Each function returns whether its signal arrived since the last call.
    static bool take_counts();
    static bool take_flush();
    // If SIGHUP came because the terminal was closed, the capture is stopped, as without this
    // class, or continues if nohup(1) started it.
    bool take_hangup();

private:
    bool has_terminal_;
    bool outlives_terminal_ = false;
};

} // namespace command
