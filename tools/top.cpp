// SPDX-License-Identifier: GPL-2.0-or-later
#include "top.hpp"

#include "text.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace command {

namespace {

constexpr std::chrono::seconds interval{1};
constexpr std::size_t max_keys = 10'000;
constexpr std::size_t max_lines = 25; // for a table that is not drawn on a screen

double seconds_of(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

} // namespace

bool Top::is_once(const CaptureOptions& options)
{
    return options.top->once_seconds > 0 || !options.read.empty();
}

Top::Top(const Handle& handle, const CaptureOptions& options, StatusLine& status,
         std::string waiting)
    : handle_(handle), key_(options.top->by), once_seconds_(options.top->once_seconds),
      is_once_(is_once(options)), is_json_(options.json), from_file_(!options.read.empty()),
      waiting_(std::move(waiting)), output_(&status), colours_(STDOUT_FILENO),
      values_(key_, handle.get()), hitters_(max_keys)
{
    if (!is_once_ && !is_json_ && Screen::is_available()) {
        wake_.emplace();
        screen_.emplace();
        end_interval(start_);
        show(*latest_);
    }
}

bool Top::write(const nflogcap_packet& packet)
{
    const Figures figures{1, packet.wire_length, packet.lost_before};
    hitters_.count(values_.in(packet), figures);
    if (whole_.packets == 0)
        first_ns_ = last_ns_ = packet.timestamp_ns;
    first_ns_ = std::min(first_ns_, packet.timestamp_ns);
    last_ns_ = std::max(last_ns_, packet.timestamp_ns);
    whole_ += figures;
    return true;
}

int Top::fd() const
{
    return STDOUT_FILENO;
}

bool Top::tick()
{
    values_.forget_interfaces();
    const Clock::time_point now = Clock::now();
    if (is_once_)
        return once_seconds_ == 0 || now - start_ < std::chrono::seconds(once_seconds_);
    const bool is_over = now - since_ >= interval;
    if (is_over)
        end_interval(now);
    if (is_over || screen_) // draws again, because the screen's size may have changed
        show(*latest_);
    return true;
}

TopTable Top::table(bool is_whole, double seconds, const Figures& part) const
{
    TopTable table{is_whole,         seconds, whole_, part, hitters_.rows(), hitters_.max_missing(),
                   stats_of(handle_)};
    sort_rows(table);
    return table;
}

void Top::end_interval(Clock::time_point now)
{
    latest_ = table(false, seconds_of(now - since_), whole_ - before_);
    hitters_.begin_interval();
    before_ = whole_;
    since_ = now;
}

void Top::show(const TopTable& table)
{
    std::string& text = output_.buffer();
    if (is_json_) {
        text += json_of(table, key_, values_) + '\n';
    } else if (screen_) {
        screen_->draw(text, lines_of(table, key_, values_, Screen::rows(),
                                     table.is_whole ? "" : waiting_, colours_));
    } else {
        if (has_shown_)
            text += '\n';
        for (const Line& line : lines_of(table, key_, values_, max_lines, {}, colours_))
            append_line(text, line);
    }
    has_shown_ = true;
    output_.flush();
}

void Top::close()
{
    const std::chrono::nanoseconds time =
        from_file_ ? std::chrono::nanoseconds(last_ns_ - first_ns_) : Clock::now() - start_;
    show(table(true, seconds_of(time), whole_));
    output_.close();
}

} // namespace command
