// SPDX-License-Identifier: GPL-2.0-or-later
#include "metrics.hpp"

#include "captured_groups.hpp"
#include "prometheus.hpp"

#include <algorithm>
#include <array>

namespace command {

namespace {

struct Metric {
    const char* name;
    const char* help;
    std::uint64_t nflogcap_stats::*counter;
};

constexpr std::array of_groups = {
    Metric{"nflogcap_received_packets_total", "Packets received from the kernel.",
           &nflogcap_stats::received},
    Metric{"nflogcap_filtered_packets_total", "Packets that the filter rejected.",
           &nflogcap_stats::filtered},
    Metric{"nflogcap_lost_packets_total",
           "Packets that the kernel numbered but that never arrived.", &nflogcap_stats::lost},
    Metric{"nflogcap_received_batches_total", "Batches of packets received from the kernel.",
           &nflogcap_stats::batches},
    Metric{"nflogcap_received_bytes_total",
           "Bytes of the batches received from the kernel, including the data about each packet.",
           &nflogcap_stats::bytes},
};

constexpr std::array counters = {
    Metric{"nflogcap_dropped_batches_total", "Batches dropped because the socket buffer was full.",
           &nflogcap_stats::dropped_batches},
    Metric{"nflogcap_truncated_batches_total", "Batches longer than the receive buffer.",
           &nflogcap_stats::truncated},
    Metric{"nflogcap_malformed_messages_total", "Invalid messages from the kernel.",
           &nflogcap_stats::malformed},
};

constexpr std::array gauges = {
    Metric{"nflogcap_unaccounted_batches",
           "Dropped batches with packets that may not be counted as lost yet.",
           &nflogcap_stats::unaccounted_batches},
    Metric{"nflogcap_socket_buffer_bytes", "Size of the socket buffer that the kernel granted.",
           &nflogcap_stats::socket_buffer},
    Metric{"nflogcap_socket_buffer_used_bytes",
           "Part of the socket buffer that waiting batches take up.",
           &nflogcap_stats::socket_buffer_used},
};

} // namespace

Metrics::Metrics(const Handle& handle, const CaptureOptions& options, const Sink& sink)
    : handle_(handle), sink_(sink), groups_(groups_of(handle, options)),
      label_("capture=" + label_of(options.metrics))
{
}

void Metrics::add_groups(const std::vector<std::uint16_t>& groups)
{
    for (const std::uint16_t group : groups) {
        if (std::ranges::find(groups_, group) == groups_.end())
            groups_.push_back(group);
    }
}

std::string Metrics::text(std::uint64_t wire_bytes) const
{
    std::string text;
    for (const Metric& metric : of_groups) {
        append_head(text, metric.name, "counter", metric.help);
        for (const std::uint16_t group : groups_) {
            nflogcap_stats stats{};
            check(handle_, nflogcap_get_group_stats(handle_.get(), group, &stats, sizeof stats));
            append_sample(text, metric.name, label_ + ",group=\"" + std::to_string(group) + '"',
                          std::to_string(stats.*metric.counter));
        }
    }
    const auto append = [&](const std::string& name, const std::string& type,
                            const std::string& help, const std::string& value) {
        append_head(text, name, type, help);
        append_sample(text, name, label_, value);
    };
    append("nflogcap_passed_bytes_total", "counter",
           "Bytes on the wire, without link-layer headers, of the packets that passed the filter.",
           std::to_string(wire_bytes));
    append("nflogcap_output_packets_total", "counter", "Packets printed, written or counted.",
           std::to_string(sink_.packets()));
    append("nflogcap_skipped_packets_total", "counter",
           "Packets that the link type of the savefile cannot hold.",
           std::to_string(sink_.skipped()));
    if (const spool::Writer::Status* const spool = sink_.spool()) {
        append("nflogcap_spool_bytes", "gauge", "Size of the spool.", std::to_string(spool->bytes));
        append("nflogcap_spool_dropped_packets_total", "counter",
               "Packets that the full spool dropped before they were acknowledged.",
               std::to_string(spool->dropped));
        append("nflogcap_spool_unacknowledged_chunks", "gauge",
               "Chunks in the spool that were not acknowledged.",
               std::to_string(spool->unacknowledged));
    }
    const nflogcap_stats stats = stats_of(handle_);
    for (const Metric& metric : counters)
        append(metric.name, "counter", metric.help, std::to_string(stats.*metric.counter));
    for (const Metric& metric : gauges)
        append(metric.name, "gauge", metric.help, std::to_string(stats.*metric.counter));
    const std::chrono::duration<double> start = start_.time_since_epoch();
    append("nflogcap_start_time_seconds", "gauge", "Start of the capture since the Unix epoch.",
           std::to_string(start.count()));
    return text;
}

} // namespace command
