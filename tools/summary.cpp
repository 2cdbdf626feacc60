// SPDX-License-Identifier: GPL-2.0-or-later
#include "summary.hpp"

#include "text.hpp"

namespace command {

std::string summary(std::uint64_t output, std::uint64_t skipped, const nflogcap_stats& stats,
                    const CaptureOptions& options)
{
    const std::string done = options.top              ? "counted"
                             : !options.spool.empty() ? "spooled"
                             : options.write.empty()  ? "printed"
                                                      : "written";
    std::string text = counted(output, "packet", "packets") + ' ' + done + ", " +
                       std::to_string(stats.received) + " received, " +
                       std::to_string(stats.filtered) + " filtered, " + std::to_string(stats.lost) +
                       " lost";
    if (skipped > 0)
        text += ", " + std::to_string(skipped) + " skipped";
    const std::uint64_t handled = output + skipped;
    if (const std::uint64_t wanted = stats.received - stats.filtered; wanted > handled)
        text += ", " + std::to_string(wanted - handled) + " not " + done;
    text += '\n';
    std::string warnings;
    if (skipped > 0)
        warnings += counted(skipped, "packet was", "packets were") +
                    " skipped, because the link type given with -y cannot hold " +
                    (skipped == 1 ? "it" : "them") + "; '-y nflog' writes all packets\n";
    if (stats.dropped_batches > 0)
        warnings += counted(stats.dropped_batches, "batch", "batches") +
                    " of packets did not fit into the socket buffer and were dropped; 'nflogcap "
                    "doctor' shows "
                    "whether it can be larger, and -s or a narrower rule needs less of it\n";
    if (stats.unaccounted_batches > 0)
        warnings +=
            std::to_string(stats.unaccounted_batches) +
            " of them may hold packets after the last one received, which are not counted as "
            "lost\n";
    if (stats.malformed > 0)
        warnings += counted(stats.malformed, "message was", "messages were") + " invalid\n";
    if (stats.truncated > 0)
        warnings += counted(stats.truncated, "batch was", "batches were") + " cut off\n";
    if (options.to_wireshark && warnings.empty() && stats.lost == 0)
        return {};
    return text + warnings;
}

} // namespace command
