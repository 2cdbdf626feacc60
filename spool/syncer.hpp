// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace spool {

// Writes files to the disk (fsync) in its own thread, because the caller must not wait for the disk
// while packets arrive.
class Syncer {
public:
    Syncer();
    // Waits until all files are on the disk.
    ~Syncer();
    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;

    // `name`: the file's name for error messages.
    void sync(nflog::FileDescriptor file, std::string name);

    // Returns a description of the failures since the last call; "": no failures.
    std::string take_trouble();

private:
    struct Work {
        nflog::FileDescriptor file;
        std::string name;
    };
    void run();

    std::mutex mutex_; // guards the following members
    std::condition_variable changed_;
    std::vector<Work> work_;
    std::string trouble_;
    bool is_over_ = false;

    std::thread thread_;
};

} // namespace spool
