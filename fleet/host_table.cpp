// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_table.hpp"

#include <algorithm>
#include <utility>

namespace fleet {

void HostTable::add(const Message& message, Nanoseconds stored, Nanoseconds age)
{
    const std::pair key(message.host, message.chunk.group);
    if (entries_.size() >= max_rows && !entries_.contains(key)) {
        ++left_out_;
        return;
    }
    const spool::Account& account = message.chunk.account;
    Entry& entry = entries_[key];
    if (entry.spool != message.spool) {
        entry = Entry();
        entry.spool = message.spool;
        entry.missing_then = account.dropped;
    } else if (message.chunk.number <= entry.number)
        return; // the host sent this message again
    else {
        const std::uint64_t seen = entry.account.total + account.packets;
        if (entry.gaps == gaps_ && account.total > seen)
            entry.missing_here += account.total - seen;
        entry.packets += account.packets;
    }
    entry.gaps = gaps_;
    entry.number = message.chunk.number;
    entry.account = account;
    // The broker's time can be before the chunk's time, because the host's clock can be ahead of
    // the broker's.
    const auto at = static_cast<std::uint64_t>(std::max(stored, Nanoseconds(0)).count());
    entry.lag = Nanoseconds(at > account.time ? static_cast<std::int64_t>(at - account.time) : 0);
    entry.stored = Clock::now() - std::max(age, Nanoseconds(0));
}

std::vector<HostTable::Row> HostTable::rows()
{
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - shown_).count();
    shown_ = now;
    std::vector<Row> rows;
    rows.reserve(entries_.size());
    for (auto& [key, entry] : entries_) {
        const auto packets = static_cast<double>(std::exchange(entry.packets, 0));
        // The maximum, not the sum: a packet can be in both numbers, because this program may see
        // the gap of a chunk that the host's spool counted as dropped.
        const std::uint64_t missing =
            std::max(entry.account.dropped, entry.missing_then + entry.missing_here);
        rows.push_back({.host = key.first,
                        .group = key.second,
                        .packets_per_second = seconds > 0 ? packets / seconds : 0,
                        .lag = entry.lag,
                        .silent = now - entry.stored,
                        .lost = entry.account.lost,
                        .missing = missing,
                        .is_ended = entry.account.is_end});
    }
    return rows;
}

} // namespace fleet
