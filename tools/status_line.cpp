// SPDX-License-Identifier: GPL-2.0-or-later
#include "status_line.hpp"

#include "cut.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <algorithm>
#include <unistd.h>

namespace command {

namespace {

void say(std::string_view text)
{
    // If writing fails, the terminal is gone, and nobody could read an error message.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

std::string time_in_words(double seconds)
{
    constexpr std::uint64_t per_minute = 60;
    constexpr std::uint64_t per_hour = 3600;
    const auto whole = static_cast<std::uint64_t>(seconds);
    if (whole < per_minute)
        return std::to_string(whole) + " s";
    if (whole < per_hour)
        return std::to_string(whole / per_minute) + " min " + std::to_string(whole % per_minute) +
               " s";
    return grouped(whole / per_hour) + " h " + std::to_string(whole % per_hour / per_minute) +
           " min";
}

// Returns how much of a savefile was read in this number of seconds, and how long the rest will
// take at the same rate. For a pipe, returns only the amount that was read. Returns "" without a
// savefile.
std::string progress_in_words(const nflogcap_stats& stats, double seconds)
{
    if (stats.savefile_read == 0)
        return "";
    if (stats.savefile_size == 0)
        return grouped(stats.savefile_read) + " bytes read, ";
    // The file may have grown since its size was read.
    const auto whole = static_cast<double>(std::max(stats.savefile_size, stats.savefile_read));
    const auto read = static_cast<double>(stats.savefile_read);
    constexpr double percent = 100;
    return std::to_string(static_cast<unsigned>(percent * read / whole)) + "%, " +
           time_in_words(seconds * (whole - read) / read) + " left, ";
}

} // namespace

StatusLine::StatusLine(std::string_view waiting)
    : active_(!waiting.empty() && isatty(STDERR_FILENO) == 1), colours_(STDERR_FILENO)
{
    append_escaped(waiting_, waiting);
}

void StatusLine::update(const nflogcap_stats& stats)
{
    if (!active_)
        return;
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - since_).count();
    const double rate = seconds > 0 ? static_cast<double>(stats.received - received_) / seconds : 0;
    since_ = now;
    received_ = stats.received;

    std::string text;
    if (stats.received == 0 && stats.lost == 0) {
        text = waiting_;
    } else {
        text = progress_in_words(stats, std::chrono::duration<double>(now - begin_).count()) +
               grouped(static_cast<std::uint64_t>(rate)) + " packets/s, " +
               grouped(stats.received) + " received, " + grouped(stats.lost) + " lost";
        if (stats.socket_buffer > 0)
            text += ", buffer " +
                    std::to_string(stats.socket_buffer_used * 100 / stats.socket_buffer) + "%";
    }
    // The line must not wrap, because a wrapped line cannot be cleared.
    const std::size_t columns = size_of_terminal(STDERR_FILENO).columns;
    text.resize(nflog::cut_length(text, std::min(text.size(), columns - 1)));
    clear();
    waits_ = stats.received == 0;
    text_ = std::move(text);
    redraw();
}

void StatusLine::clear()
{
    if (shown_)
        say("\r\033[K");
    shown_ = false;
    if (waits_) // the first packets replace the line
        text_.clear();
}

void StatusLine::redraw()
{
    if (!active_ || shown_ || text_.empty())
        return;
    say("\r\033[K" + std::string(colours_.faint()) + text_ + std::string(colours_.plain()));
    shown_ = true;
}

} // namespace command
