// SPDX-License-Identifier: GPL-2.0-or-later
#include "monitoring.hpp"

#include "failure.hpp"
#include "replaced_file.hpp"

#include <algorithm>
#include <utility>

namespace fleet {

Monitoring::Monitoring(std::string path, std::function<std::string()> status,
                       std::function<std::string()> metrics)
    : path_(std::move(path)), status_(std::move(status)), metrics_(std::move(metrics))
{
}

void Monitoring::begin()
{
    report();
    manager_.say_ready();
}

void Monitoring::tick()
{
    constexpr std::chrono::seconds interval{5};
    manager_.show_life();
    if (Clock::now() - reported_ >= interval)
        report();
}

void Monitoring::end()
{
    manager_.say_stopping();
    report();
}

std::chrono::milliseconds Monitoring::max_wait() const
{
    constexpr std::chrono::milliseconds usual{500};
    const auto watchdog =
        std::chrono::duration_cast<std::chrono::milliseconds>(manager_.max_wait());
    return manager_.max_wait().count() == 0
               ? usual
               : std::clamp(watchdog, std::chrono::milliseconds{1}, usual);
}

// Writes the metrics and the status. A failure is reported once, and does not end the program.
void Monitoring::report()
{
    reported_ = Clock::now();
    if (manager_.is_listening())
        manager_.say_status(status_());
    if (path_.empty())
        return;
    try {
        command::replace_file(path_, metrics_());
        if (has_failed_)
            command::print_failure("the metrics are written to " + path_ + " again");
        has_failed_ = false;
    } catch (const command::Failure& failure) {
        if (!has_failed_)
            command::print_failure(std::string("--metrics: ") + failure.what() +
                                   "; the program continues, and tries again every 5 seconds");
        has_failed_ = true;
    }
}

} // namespace fleet
