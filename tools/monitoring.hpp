// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "metrics.hpp"
#include "service_manager.hpp"
#include "status_line.hpp"

#include <chrono>
#include <optional>

namespace command {

// What others see of a capture while it runs: a service manager its life and its counters, and
// readers of the file of --metrics its counters.
class Monitoring {
public:
    Monitoring(const Handle& handle, const CaptureOptions& options, StatusLine& status,
               ServiceManager& manager);

    [[nodiscard]] bool is_active() const { return manager_.is_listening() || !path_.empty(); }

    // The longest time between two calls of tick(), with packets and without.
    [[nodiscard]] std::chrono::microseconds tick_interval() const;

    // The capture has started, and its packets go into this sink.
    void begin(const Sink& sink);
    void add_groups(const std::vector<std::uint16_t>& groups)
    {
        if (metrics_)
            metrics_->add_groups(groups);
    }
    void count(const nflogcap_packet& packet) { wire_bytes_ += packet.wire_length; }
    void tick();
    // The capture has ended, and its packets are still on their way out.
    void begin_end();
    void end();

private:
    using Clock = std::chrono::steady_clock;

    void report();
    void write_metrics();
    void say(const std::string& words);

    const Handle& handle_;
    const CaptureOptions& options_;
    const std::string& path_; // of the metrics; "": there are none
    StatusLine& status_;
    ServiceManager& manager_;
    std::optional<Metrics> metrics_;
    bool has_failed_ = false; // to write them, the last time
    std::uint64_t wire_bytes_ = 0;
    Clock::time_point since_; // the last report
};

} // namespace command
