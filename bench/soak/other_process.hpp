// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

// The program once more, in processes that are in the way of the readers. They end with the thread
// that started them.
namespace soak {

// One that works and then exits with 0, unless it is killed.
class OtherProcess {
public:
    explicit OtherProcess(std::vector<std::string> arguments);
    ~OtherProcess();
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    // Waits for the next sign of it; false: it has ended.
    [[nodiscard]] bool sign() const;
    // As waitpid(2) tells, once it has ended.
    int status();
    void kill() const;

private:
    pid_t pid_ = -1;
    int signs_ = -1;
};

struct Rivalry {
    std::atomic<std::uint64_t> processes = 0;
    std::atomic<std::uint64_t> killed = 0; // with SIGKILL, most of them while they held the group
};

// Starts process after process that takes what a reader wants, and kills some, until it is over.
// `what` is a group, or "tap"; the packets are those to the port.
void be_rival(const std::string& what, std::uint16_t port, const std::atomic<bool>& over,
              Rivalry& rivalry);

// What such a process does, as told by its command line: take WHAT PORT TIMES, or
// change-rules COMMANDS COMMANDS, which are nft's and take turns.
int work(const std::vector<std::string>& arguments);

} // namespace soak
