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
// node_exporter. The collector refuses metrics with the same labels from two files. Therefore each
// file has its name as the label "capture".
class Metrics {
public:
    // The capture has started. It must outlive this object, as must the sink.
    Metrics(const Handle& handle, const CaptureOptions& options, const Sink& sink);

    // Keeps the final counters of a group that is no longer captured.
    void add_groups(const std::vector<std::uint16_t>& groups);

    // `wire_bytes`: those of the packets that passed the filter.
    [[nodiscard]] std::string text(std::uint64_t wire_bytes) const;

private:
    const Handle& handle_;
    const Sink& sink_;
    std::vector<std::uint16_t> groups_;
    std::string label_; // capture="..."
    std::chrono::system_clock::time_point start_ = std::chrono::system_clock::now();
};

} // namespace command
