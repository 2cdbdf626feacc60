// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace command {

// The time at the beginning of a packet's line, in the forms of tcpdump(8).
class Timestamps {
public:
    explicit Timestamps(const CaptureOptions& options);

    // Returns whether the library's lines already begin with the requested form.
    [[nodiscard]] bool are_the_librarys() const
    {
        return form_ == TimeForm::clock && !utc_ && !from_file_;
    }

    // Appends the time and a space; nothing for the form without a time.
    void append(std::string& text, std::uint64_t timestamp_ns);

private:
    [[nodiscard]] std::tm broken_down(std::time_t time) const;
    void append_clock(std::string& text, std::uint64_t timestamp_ns);

    TimeForm form_;
    bool utc_;
    bool from_file_;
    std::optional<std::uint64_t> reference_ns_; // the time from which differences are counted
    std::time_t second_ = -1;                   // the second that second_text_ shows
    std::string second_text_;
};

} // namespace command
