// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace command {

// The option -z: runs a program on each finished savefile, except on the last one. The program runs
// in parallel with the capture, at the lowest priority. If it fails, this is reported, and the
// capture continues.
class PostRotate {
public:
    // `program`: a path, or the name of a program in PATH; "": none. Throws Failure with
    // wrong_usage if the program is not found.
    explicit PostRotate(std::string program);

    void run(const std::string& file);
    // Reports programs that failed. Call this regularly.
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
