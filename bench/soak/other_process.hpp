// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

// Runs this program again, in processes that disturb the readers. The processes end when the thread
// that started them ends.
namespace soak {

// A process that works and then exits with 0, unless it is killed.
class OtherProcess {
public:
    explicit OtherProcess(std::vector<std::string> arguments);
    ~OtherProcess();
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    // Waits until the process prints the next character. Returns false if the process has ended.
    [[nodiscard]] bool sign() const;
    // Returns the status from waitpid(2), after the process has ended.
    int status();
    void kill() const;

private:
    pid_t pid_ = -1;
    int signs_ = -1;
};

struct Rivalry {
    std::atomic<std::uint64_t> processes = 0;
    // processes that were killed with SIGKILL, usually while they had the group
    std::atomic<std::uint64_t> killed = 0;
};

// Starts processes, one after another, that take the resource of a reader, and kills some of them.
// Ends when the run is over. `what`: a group, or "tap". `port`: the port of the packets.
void be_rival(const std::string& what, std::uint16_t port, const std::atomic<bool>& over,
              Rivalry& rivalry);

// The work of such a process. Its command line is: take WHAT PORT TIMES, or change-rules COMMANDS
// COMMANDS. These are two lists of nft commands, which are run in turn.
int work(const std::vector<std::string>& arguments);

} // namespace soak
