// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "service_manager.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace fleet {

// Reports the state of a running program to a service manager, and writes its counters to the file
// of --metrics.
class Monitoring {
public:
    // `path`: the file of --metrics; "": none. `status`: returns a line for the service manager.
    // `metrics`: returns the content of the file. Both functions are called at most once in 5
    // seconds.
    Monitoring(std::string path, std::function<std::string()> status,
               std::function<std::string()> metrics);

    void begin();
    // Call this again within max_wait().
    void tick();
    void end();

    [[nodiscard]] std::chrono::milliseconds max_wait() const;

private:
    using Clock = std::chrono::steady_clock;

    void report();

    std::string path_;
    std::function<std::string()> status_;
    std::function<std::string()> metrics_;
    command::ServiceManager manager_;
    Clock::time_point reported_{};
    bool has_failed_ = false; // the last attempt to write the metrics failed
};

} // namespace fleet
