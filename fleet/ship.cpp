// SPDX-License-Identifier: GPL-2.0-or-later
// The program nflogcap-ship: see nflogcap-ship(1).
#include "monitoring.hpp"
#include "program.hpp"
#include "prometheus.hpp"
#include "ship_options.hpp"
#include "shipper.hpp"
#include "stop.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <malloc.h>
#include <poll.h>

namespace fleet {

namespace {

struct Metric {
    const char* name;
    const char* type;
    const char* help;
    std::uint64_t ShipCounters::*value;
};

constexpr std::array metrics = {
    Metric{"nflogcap_ship_acknowledged_packets_total", "counter",
           "Packets that the broker has acknowledged.", &ShipCounters::packets},
    Metric{"nflogcap_ship_acknowledged_chunks_total", "counter",
           "Chunks that the broker has acknowledged.", &ShipCounters::chunks},
    Metric{"nflogcap_ship_sent_messages_total", "counter",
           "Messages sent to the broker, including repetitions.", &ShipCounters::messages},
    Metric{"nflogcap_ship_sent_bytes_total", "counter",
           "Bytes of savefiles sent to the broker, including repetitions.", &ShipCounters::bytes},
    Metric{"nflogcap_ship_duplicate_messages_total", "counter",
           "Messages that the broker already had.", &ShipCounters::duplicates},
    Metric{"nflogcap_ship_refused_messages_total", "counter",
           "Messages that the broker refused, for example because the stream is full.",
           &ShipCounters::refused},
    Metric{"nflogcap_ship_damaged_chunks_total", "counter",
           "Chunks that were not sent because they are damaged in the spool.",
           &ShipCounters::damaged},
    Metric{"nflogcap_ship_connections_total", "counter", "Connections made to the broker.",
           &ShipCounters::connections},
    Metric{"nflogcap_ship_in_flight_bytes", "gauge", "Bytes sent and not yet acknowledged.",
           &ShipCounters::in_flight_bytes},
};

std::string metrics_text(const Shipper& shipper, const ShipOptions& options)
{
    const std::string labels = "shipper=" + command::label_of(options.metrics) +
                               ",host=" + command::label_value(options.host);
    std::string text;
    const auto append = [&](const Metric& metric, std::uint64_t value) {
        command::append_head(text, metric.name, metric.type, metric.help);
        command::append_sample(text, metric.name, labels, std::to_string(value));
    };
    for (const Metric& metric : metrics)
        append(metric, shipper.counters().*metric.value);
    append({"nflogcap_ship_in_trouble", "gauge",
            "1 if packets currently cannot be shipped, else 0.", nullptr},
           shipper.trouble().empty() ? 0 : 1);
    return text;
}

std::string status_line(const Shipper& shipper)
{
    if (!shipper.trouble().empty())
        return shipper.trouble();
    return command::grouped(shipper.counters().packets) + " packets acknowledged, " +
           command::grouped(shipper.counters().in_flight_bytes) + " bytes in flight";
}

// Returns true if the spool may have changed.
bool wait(const Shipper& shipper, std::chrono::milliseconds time)
{
    std::array<pollfd, 2> descriptors = {
        {{shipper.spool_fd(), POLLIN, 0}, {shipper.event_fd(), POLLIN, 0}}};
    const int ready = poll(descriptors.data(), descriptors.size(), static_cast<int>(time.count()));
    return ready > 0 && descriptors[0].revents != 0;
}

// Makes malloc() keep the memory of messages. Otherwise the kernel would allocate and free new
// pages for each message of about 128 KiB, which takes as much time as the rest of the shipping.
void keep_memory_of_messages()
{
#ifdef M_MMAP_THRESHOLD // glibc
    constexpr int longer_than_messages = 1 << 20;
    constexpr int kept = 8 << 20;
    mallopt(M_MMAP_THRESHOLD, longer_than_messages);
    mallopt(M_TRIM_THRESHOLD, kept);
#endif
}

void ship_all(const ShipOptions& options)
{
    keep_memory_of_messages();
    const Stop stop;
    // The queue is never deleted, because threads of libnats may use it while the process ends.
    static auto& events = *new EventQueue; // NOLINT(cppcoreguidelines-owning-memory)
    Shipper shipper(options, events);
    Monitoring monitoring(
        options.metrics, [&] { return status_line(shipper); },
        [&] { return metrics_text(shipper, options); });
    bool is_ready = false;
    bool has_spool_changed = true;
    while (!Stop::is_requested()) {
        const std::chrono::milliseconds time = shipper.step(has_spool_changed);
        if (!is_ready)
            monitoring.begin();
        is_ready = true;
        monitoring.tick();
        if (options.until_acknowledged && shipper.is_done())
            break;
        has_spool_changed = wait(shipper, std::min(time, monitoring.max_wait()));
    }
    shipper.close();
    monitoring.end();
    const std::string summary =
        command::counted(shipper.counters().packets, "packet", "packets") + " in " +
        command::counted(shipper.counters().chunks, "chunk", "chunks") + " acknowledged\n";
    std::fputs(summary.c_str(), stderr);
}

command::ExitStatus ship(int argc, char** argv)
{
    const auto parsed = parse_ship_options(argc, argv);
    if (const auto* const words = std::get_if<command::Words>(&parsed)) {
        std::fputs(words->text.c_str(), stdout);
        return std::fflush(stdout) == 0 ? command::all_well : command::failed;
    }
    ship_all(std::get<ShipOptions>(parsed));
    return command::all_well;
}

} // namespace

} // namespace fleet

int main(int argc, char** argv)
{
    return command::run_program("nflogcap-ship", [&] { return fleet::ship(argc, argv); });
}
