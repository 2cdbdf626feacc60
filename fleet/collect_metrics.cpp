// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_metrics.hpp"

#include "prometheus.hpp"

#include <array>
#include <vector>

namespace fleet {

namespace {

struct Metric {
    const char* name;
    const char* help;
    std::uint64_t Sums::*count;
};

constexpr std::array metrics = {
    Metric{"nflogcap_collect_stored_packets_total", "Packets stored.", &Sums::stored},
    Metric{"nflogcap_collect_filtered_packets_total", "Packets that the host's filter rejected.",
           &Sums::filtered},
    Metric{"nflogcap_collect_lost_packets_total", "Packets that the host's kernel dropped.",
           &Sums::lost},
    // This is not a counter, because a chunk that arrives late makes the number smaller.
    Metric{"nflogcap_collect_missing_packets", "Packets in chunks that did not arrive.",
           &Sums::missing},
    Metric{"nflogcap_collect_dropped_packets",
           "Of the missing packets, those that the spool "
           "dropped.",
           &Sums::dropped},
    Metric{"nflogcap_collect_missing_chunks", "Chunks that did not arrive.", &Sums::missing_chunks},
};

std::string labels_of(const GroupKey& key)
{
    return "host=" + command::label_value(key.first) + ",group=\"" + std::to_string(key.second) +
           '"';
}

// Appends the head of a metric. It is a counter if its name ends in "_total".
void append_head(std::string& text, const std::string& name, const char* help)
{
    command::append_head(text, name, name.ends_with("_total") ? "counter" : "gauge", help);
}

} // namespace

std::string collect_metrics(const CollectState& state)
{
    struct Group {
        std::string labels;
        Sums sums;
        const Ledger& ledger;
    };
    std::vector<Group> groups;
    groups.reserve(state.groups.size());
    for (const auto& [key, group] : state.groups)
        groups.push_back({labels_of(key), group.ledger.sums(), group.ledger});

    std::string text;
    for (const Metric& metric : metrics) {
        append_head(text, metric.name, metric.help);
        for (const Group& group : groups)
            command::append_sample(text, metric.name, group.labels,
                                   std::to_string(group.sums.*metric.count));
    }
    constexpr const char* refused = "nflogcap_collect_refused_messages_total";
    append_head(text, refused, "Messages that are damaged or contradict others.");
    for (const Group& group : groups)
        command::append_sample(text, refused, group.labels, std::to_string(group.ledger.refused()));
    constexpr const char* unknown = "nflogcap_collect_unknown_messages_total";
    append_head(text, unknown, "Damaged messages of an unknown group.");
    text.append(unknown).append(1, ' ').append(std::to_string(state.refused)).append(1, '\n');
    constexpr const char* seen = "nflogcap_collect_last_seen_seconds";
    append_head(text, seen, "Time of the last account since the Unix epoch, by the host's clock.");
    constexpr std::uint64_t second = 1'000'000'000;
    for (const Group& group : groups)
        command::append_sample(text, seen, group.labels,
                               std::to_string(group.ledger.last_seen() / second));
    return text;
}

} // namespace fleet
