// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace command {

// What the lines of packets begin with, as tcpdump(8) has it.
class Timestamps {
public:
    explicit Timestamps(const CaptureOptions& options);

    // Whether the library's lines have them as they are wanted.
    [[nodiscard]] bool are_the_librarys() const
    {
        return form_ == TimeForm::clock && !utc_ && !from_file_;
    }

    // With the blank behind it, if there is anything.
    void append(std::string& text, std::uint64_t timestamp_ns);

private:
    [[nodiscard]] std::tm broken_down(std::time_t time) const;
    void append_clock(std::string& text, std::uint64_t timestamp_ns);

    TimeForm form_;
    bool utc_;
    bool from_file_;
    std::optional<std::uint64_t> reference_ns_; // what a difference is from
    std::time_t second_ = -1;                   // that second_text_ is of
    std::string second_text_;
};

} // namespace command
