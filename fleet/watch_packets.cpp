// SPDX-License-Identifier: GPL-2.0-or-later
#include "live_packets.hpp"
#include "standard_output.hpp"
#include "stop.hpp"
#include "subscription.hpp"
#include "watch.hpp"

#include <chrono>
#include <cstdio>
#include <utility>

namespace fleet {

command::ExitStatus watch_packets(natsConnection* connection, const HostPatterns& patterns)
{
    constexpr std::chrono::milliseconds look_at_reader{100};
    const Stop stop;
    LivePackets packets(patterns);
    Subscription subscription(connection, patterns.subject());
    StandardOutput::End end = StandardOutput::End::none;
    bool is_ending = false;
    while (end == StandardOutput::End::none && !subscription.is_over()) {
        if (Stop::is_requested() && !std::exchange(is_ending, true))
            subscription.end(); // next() still returns the queued messages, which are written
        const MessageHandle message = subscription.next(look_at_reader);
        if (message == nullptr) {
            if (StandardOutput::is_reader_gone())
                end = StandardOutput::End::reader_gone;
            continue;
        }
        const LivePackets::Pieces pieces = packets.next(message.get());
        end = StandardOutput::write(pieces.head);
        if (end == StandardOutput::End::none)
            end = StandardOutput::write(pieces.records);
        if (end == StandardOutput::End::none)
            packets.count_written(pieces);
    }
    std::fputs(packets.summary(subscription.dropped()).c_str(), stderr);
    if (end == StandardOutput::End::stopped)
        command::print_failure("standard output accepted no data since the stop; the rest of a "
                               "message was not written");
    return command::all_well;
}

} // namespace fleet
