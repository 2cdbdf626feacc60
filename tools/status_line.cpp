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
    // A terminal that is gone has nobody to tell.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
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
        text = grouped(static_cast<std::uint64_t>(rate)) + " packets/s, " +
               grouped(stats.received) + " received, " + grouped(stats.lost) + " lost";
        if (stats.socket_buffer > 0)
            text += ", buffer " +
                    std::to_string(stats.socket_buffer_used * 100 / stats.socket_buffer) + "%";
    }
    // A line that wraps cannot be taken back.
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
    if (waits_) // what takes its place are packets
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
