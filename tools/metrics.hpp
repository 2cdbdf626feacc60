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

// The counters of a capture as text of Prometheus, for the textfile collector of node_exporter.
// That refuses metrics with the same labels from two files, so each has the file's name as the
// label "capture".
class Metrics {
public:
    // The capture has started, and outlives this, as the sink does.
    Metrics(const Handle& handle, const CaptureOptions& options, const Sink& sink);

    // Those of a group that is captured no longer stay what they are.
    void add_groups(const std::vector<std::uint16_t>& groups);

    // `wire_bytes` are those of the packets that the filter let pass.
    [[nodiscard]] std::string text(std::uint64_t wire_bytes) const;

private:
    const Handle& handle_;
    const Sink& sink_;
    std::vector<std::uint16_t> groups_;
    std::string label_; // capture="..."
    std::chrono::system_clock::time_point start_ = std::chrono::system_clock::now();
};

} // namespace command
