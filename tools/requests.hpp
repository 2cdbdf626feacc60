// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace command {

// While an object exists, signals request actions, which the capture does between two packets.
// SIGUSR1 prints the counters, and SIGUSR2 flushes. SIGHUP, if it is used, begins a new file and
// reads the configuration again. Each signal wakes the capture of StopOnSignal; that object must
// live longer than this one.
class Requests {
public:
    explicit Requests(bool uses_hangup);
    ~Requests();

    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    // Each function returns whether its signal has arrived since the last call.
    static bool take_counts();
    static bool take_flush();
    // Returns whether SIGHUP has arrived since the last call. If it arrived because the terminal
    // was closed, returns false, and stops the capture unless nohup(1) started the command.
    bool take_hangup();

private:
    bool has_terminal_;
    bool outlives_terminal_ = false;
};

} // namespace command
