// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "service_manager.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace fleet {

// Shows a running program to others: reports its state to a service manager, and writes its
// counters to the file of --metrics.
class Monitoring {
public:
    // `path`: that of --metrics; "": none. `status`: returns a line for the service manager.
    // `metrics`: returns the text of the file. Both functions are called at most every 5 seconds.
    Monitoring(std::string path, std::function<std::string()> status,
               std::function<std::string()> metrics);

    void begin();
    // Must be called again within max_wait().
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
