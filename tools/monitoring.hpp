// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "metrics.hpp"
#include "service_manager.hpp"
#include "status_line.hpp"

#include <chrono>
#include <optional>

namespace command {

// Reports the state and the counters of a running capture to a service manager, and writes the
// counters to the file of --metrics.
class Monitoring {
public:
    Monitoring(const Handle& handle, const CaptureOptions& options, StatusLine& status,
               ServiceManager& manager);

    [[nodiscard]] bool is_active() const { return manager_.is_listening() || !path_.empty(); }

    // Returns the longest time between two calls of tick(). tick() must be called also if no
    // packets arrive.
    [[nodiscard]] std::chrono::microseconds tick_interval() const;

    // Call this when the capture has started; its packets go to this sink.
    void begin(const Sink& sink);
    void add_groups(const std::vector<std::uint16_t>& groups)
    {
        if (metrics_)
            metrics_->add_groups(groups);
    }
    void count(const nflogcap_packet& packet) { wire_bytes_ += packet.wire_length; }
    void tick();
    // Call this when the capture has ended, before its last packets are written.
    void begin_end();
    void end();

private:
    using Clock = std::chrono::steady_clock;

    void report();
    void write_metrics();
    void say(const std::string& words);

    const Handle& handle_;
    const CaptureOptions& options_;
    const std::string& path_; // the file of --metrics; "": no metrics
    StatusLine& status_;
    ServiceManager& manager_;
    std::optional<Metrics> metrics_;
    bool has_failed_ = false; // the last attempt to write the metrics failed
    std::uint64_t wire_bytes_ = 0;
    Clock::time_point since_; // time of the last report
};

} // namespace command
