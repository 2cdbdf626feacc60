// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace command {

// Runs a program on each savefile that is followed by another one (-z), in parallel with the
// capture and only when the CPU is idle. A failure of the program does not affect the capture, but
// is reported.
class PostRotate {
public:
    // A program in PATH, or a path; "": none. Throws Failure of wrong_usage if it is not found.
    explicit PostRotate(std::string program);

    void run(const std::string& file);
    // To be called regularly: reports programs that failed.
    void look_after();
    [[nodiscard]] bool is_running() const { return !running_.empty(); }

private:
    struct Process {
        pid_t pid;
        std::string file;
    };

    std::string program_;
    std::vector<Process> running_;
};

} // namespace command
