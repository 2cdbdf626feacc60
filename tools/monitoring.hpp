// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "metrics.hpp"
#include "service_manager.hpp"
#include "status_line.hpp"

#include <chrono>
#include <optional>

namespace command {

// Shows a running capture to others: reports its state and its counters to a service manager, and
// writes its counters to the file of --metrics.
class Monitoring {
public:
    Monitoring(const Handle& handle, const CaptureOptions& options, StatusLine& status,
               ServiceManager& manager);

    [[nodiscard]] bool is_active() const { return manager_.is_listening() || !path_.empty(); }

    // The longest time between two calls of tick(), with or without packets.
    [[nodiscard]] std::chrono::microseconds tick_interval() const;

    // The capture has started, and its packets go to this sink.
    void begin(const Sink& sink);
    void add_groups(const std::vector<std::uint16_t>& groups)
    {
        if (metrics_)
            metrics_->add_groups(groups);
    }
    void count(const nflogcap_packet& packet) { wire_bytes_ += packet.wire_length; }
    void tick();
    // The capture has ended, and its last packets are being written.
    void begin_end();
    void end();

private:
    using Clock = std::chrono::steady_clock;

    void report();
    void write_metrics();
    void say(const std::string& words);

    const Handle& handle_;
    const CaptureOptions& options_;
    const std::string& path_; // of the metrics; "": no metrics
    StatusLine& status_;
    ServiceManager& manager_;
    std::optional<Metrics> metrics_;
    bool has_failed_ = false; // the last attempt to write the metrics failed
    std::uint64_t wire_bytes_ = 0;
    Clock::time_point since_; // time of the last report
};

} // namespace command
