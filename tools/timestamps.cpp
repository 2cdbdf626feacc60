// SPDX-License-Identifier: GPL-2.0-or-later
#include "timestamps.hpp"

#include "text.hpp"

#include <array>

namespace command {

namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr std::uint64_t ns_per_microsecond = 1'000;
constexpr std::size_t microsecond_digits = 6;

void append_microseconds(std::string& text, std::uint64_t ns)
{
    text += '.';
    append_padded(text, ns % ns_per_second / ns_per_microsecond, microsecond_digits);
}

void append_difference(std::string& text, std::uint64_t timestamp_ns, std::uint64_t reference_ns)
{
    const bool is_before = timestamp_ns < reference_ns;
    const std::uint64_t ns = is_before ? reference_ns - timestamp_ns : timestamp_ns - reference_ns;
    constexpr std::uint64_t seconds_per_minute = 60;
    constexpr std::uint64_t minutes_per_hour = 60;
    const std::uint64_t seconds = ns / ns_per_second;
    if (is_before)
        text += '-';
    append_padded(text, seconds / seconds_per_minute / minutes_per_hour, 2);
    text += ':';
    append_padded(text, seconds / seconds_per_minute % minutes_per_hour, 2);
    text += ':';
    append_padded(text, seconds % seconds_per_minute, 2);
    append_microseconds(text, ns);
}

} // namespace

Timestamps::Timestamps(const CaptureOptions& options)
    : form_(options.time), utc_(options.utc), from_file_(!options.read.empty())
{
}

std::tm Timestamps::broken_down(std::time_t time) const
{
    std::tm parts{};
    utc_ ? gmtime_r(&time, &parts) : localtime_r(&time, &parts);
    return parts;
}

// Appends the time of day. A savefile can contain packets of any day: from the first packet that is
// not from today, all lines show the date too.
void Timestamps::append_clock(std::string& text, std::uint64_t timestamp_ns)
{
    const auto second = static_cast<std::time_t>(timestamp_ns / ns_per_second);
    if (second != second_) {
        second_ = second;
        const std::tm parts = broken_down(second);
        if (form_ == TimeForm::clock && from_file_) {
            const std::tm now = broken_down(std::time(nullptr));
            if (now.tm_yday != parts.tm_yday || now.tm_year != parts.tm_year)
                form_ = TimeForm::date;
        }
        constexpr std::size_t most = 64;
        std::array<char, most> words{};
        const std::size_t length = form_ == TimeForm::date
                                       ? std::strftime(words.data(), words.size(), "%F %T", &parts)
                                       : std::strftime(words.data(), words.size(), "%T", &parts);
        second_text_.assign(words.data(), length);
    }
    text += second_text_;
    append_microseconds(text, timestamp_ns);
}

void Timestamps::append(std::string& text, std::uint64_t timestamp_ns)
{
    switch (form_) {
    case TimeForm::none:
        return;
    case TimeForm::clock:
    case TimeForm::date:
        append_clock(text, timestamp_ns);
        break;
    case TimeForm::epoch:
        text += std::to_string(timestamp_ns / ns_per_second);
        append_microseconds(text, timestamp_ns);
        break;
    case TimeForm::since_last:
    case TimeForm::since_first:
        append_difference(text, timestamp_ns, reference_ns_.value_or(timestamp_ns));
        if (!reference_ns_ || form_ == TimeForm::since_last)
            reference_ns_ = timestamp_ns;
        break;
    }
    text += ' ';
}

} // namespace command
