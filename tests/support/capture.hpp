// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nflogcap.h>
#include <stdexcept>
#include <string>

namespace support {

struct Close {
    void operator()(nflogcap* handle) const noexcept { nflogcap_close(handle); }
};
using Handle = std::unique_ptr<nflogcap, Close>;

// Returns a capture of these groups that is not started yet.
inline Handle capture_of(std::initializer_list<std::uint16_t> groups)
{
    nflogcap* handle = nullptr;
    if (nflogcap_new(&handle) < 0)
        throw std::runtime_error("nflogcap_new failed");
    Handle capture(handle);
    for (const std::uint16_t group : groups) {
        if (nflogcap_add_group(handle, group) < 0)
            throw std::runtime_error(nflogcap_error(handle));
    }
    return capture;
}

inline void start(const Handle& capture)
{
    if (nflogcap_start(capture.get()) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
}

inline Handle started(std::initializer_list<std::uint16_t> groups)
{
    Handle capture = capture_of(groups);
    start(capture);
    return capture;
}

// Starts a capture of one group. The kernel sends batches of exactly this many packets, even if it
// must wait long for them.
inline Handle started_in_batches_of(std::uint32_t packets, std::uint16_t group)
{
    constexpr std::uint32_t an_hour_ms = 3'600'000;
    Handle capture = capture_of({group});
    if (nflogcap_set_queue_threshold(capture.get(), packets) < 0 ||
        nflogcap_set_flush_timeout(capture.get(), an_hour_ms) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
    start(capture);
    return capture;
}

inline nflogcap_stats stats_of(const Handle& capture)
{
    nflogcap_stats stats{};
    if (nflogcap_get_stats(capture.get(), &stats, sizeof stats) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
    return stats;
}

inline nflogcap_stats stats_of(const Handle& capture, std::uint16_t group)
{
    nflogcap_stats stats{};
    if (nflogcap_get_group_stats(capture.get(), group, &stats, sizeof stats) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
    return stats;
}

// Calls next() until it returns no packet. Returns the number of packets, and sets `outcome` to the
// last result of next().
inline std::uint64_t count_packets(const Handle& capture, int timeout_ms, int& outcome)
{
    const nflogcap_packet* packet = nullptr;
    std::uint64_t packets = 0;
    while ((outcome = nflogcap_next(capture.get(), &packet, timeout_ms)) == 1)
        ++packets;
    return packets;
}

} // namespace support
