// SPDX-License-Identifier: GPL-2.0-or-later
#include "monitoring.hpp"

#include "failure.hpp"
#include "replaced_file.hpp"
#include "same_file.hpp"
#include "text.hpp"

#include <algorithm>

namespace command {

namespace {

constexpr std::chrono::seconds report_interval{5};

std::string status_words(const nflogcap_stats& stats)
{
    return grouped(stats.received) + " packets received, " + grouped(stats.filtered) +
           " filtered, " + grouped(stats.lost) + " lost";
}

} // namespace

Monitoring::Monitoring(const Handle& handle, const CaptureOptions& options, StatusLine& status,
                       ServiceManager& manager)
    : handle_(handle), options_(options), path_(options.metrics), status_(status), manager_(manager)
{
}

std::chrono::microseconds Monitoring::tick_interval() const
{
    constexpr std::chrono::microseconds shortest{1'000};
    const std::chrono::microseconds max_wait = manager_.max_wait();
    return max_wait.count() == 0 ? std::chrono::microseconds::max() : std::max(max_wait, shortest);
}

void Monitoring::begin(const Sink& sink)
{
    if (!path_.empty()) {
        require_not_written(options_);
        metrics_.emplace(handle_, options_, sink);
    }
    report();
    manager_.say_ready();
}

void Monitoring::tick()
{
    manager_.show_life();
    if (is_active() && Clock::now() - since_ >= report_interval)
        report();
}

void Monitoring::begin_end()
{
    manager_.say_stopping();
}

void Monitoring::end()
{
    report();
}

void Monitoring::report()
{
    since_ = Clock::now();
    if (manager_.is_listening())
        manager_.say_status(status_words(stats_of(handle_)));
    if (metrics_)
        write_metrics();
}

// Writes the file of --metrics. A failure does not end the capture, and is reported once.
void Monitoring::write_metrics()
{
    try {
        replace_file(path_, metrics_->text(wire_bytes_));
        if (has_failed_)
            say("the metrics are written to " + path_ + " again");
        has_failed_ = false;
    } catch (const Failure& failure) {
        if (!has_failed_)
            say(std::string("--metrics: ") + failure.what() +
                "; the capture continues, and tries again every 5 seconds");
        has_failed_ = true;
    }
}

void Monitoring::say(const std::string& words)
{
    status_.clear();
    print_failure(words);
    status_.redraw();
}

} // namespace command
