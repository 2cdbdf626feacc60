// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "options.hpp"
#include "sink.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// The counters of a capture in the text format of Prometheus, for the textfile collector of
// node_exporter. The collector refuses two files that contain metrics with the same labels.
// Therefore the label "capture" contains the file's name.
class Metrics {
public:
    // The capture must have started. The capture and the sink must outlive this object.
    Metrics(const Handle& handle, const CaptureOptions& options, const Sink& sink);

    // Adds groups to the output. A group's final counters stay in the output when the group is no
    // longer captured.
    void add_groups(const std::vector<std::uint16_t>& groups);

    // `wire_bytes`: the bytes on the wire of the packets that passed the filter.
    [[nodiscard]] std::string text(std::uint64_t wire_bytes) const;

private:
    const Handle& handle_;
    const Sink& sink_;
    std::vector<std::uint16_t> groups_;
    std::string label_; // the label capture="..."
    std::chrono::system_clock::time_point start_ = std::chrono::system_clock::now();
};

} // namespace command
