// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

// Runs this program again, in processes that disturb the readers. They end with the thread that
// started them.
namespace soak {

// A process that works and then exits with 0, unless it is killed.
class OtherProcess {
public:
    explicit OtherProcess(std::vector<std::string> arguments);
    ~OtherProcess();
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    // Waits for the next sign from it; false: it has ended.
    [[nodiscard]] bool sign() const;
    // The status from waitpid(2), after it has ended.
    int status();
    void kill() const;

private:
    pid_t pid_ = -1;
    int signs_ = -1;
};

struct Rivalry {
    std::atomic<std::uint64_t> processes = 0;
    std::atomic<std::uint64_t> killed = 0; // with SIGKILL, usually while they held the group
};

// Starts one process after another that takes the resource of a reader, and kills some of them,
// until the run is over. `what` is a group, or "tap"; `port` is that of the packets.
void be_rival(const std::string& what, std::uint16_t port, const std::atomic<bool>& over,
              Rivalry& rivalry);

// The work of such a process, given on its command line: take WHAT PORT TIMES, or change-rules
// COMMANDS COMMANDS, two lists of nft commands that are run in turn.
int work(const std::vector<std::string>& arguments);

} // namespace soak
