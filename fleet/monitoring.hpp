// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "service_manager.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace fleet {

// What others see of a program while it runs: a service manager its life and its state, and readers
// of the file of --metrics its counters.
class Monitoring {
public:
    // `path` of --metrics; "": there are none. `status` is a line for the service manager, and
    // `metrics` the text of the file; both are called every 5 seconds at most.
    Monitoring(std::string path, std::function<std::string()> status,
               std::function<std::string()> metrics);

    void begin();
    // Is called again within max_wait().
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
    bool has_failed_ = false; // to write the metrics, the last time
};

} // namespace fleet
