// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings.hpp"

#include "error.hpp"

#include <cerrno>
#include <limits>

namespace nflog {

namespace {

// What the kernel takes; it acknowledges other values too, and then does something else.
constexpr std::uint32_t most_flush_timeout_ms = 3'600'000;
constexpr std::uint32_t least_batch_size = 4096;
constexpr std::uint32_t most_batch_size = 131072;
constexpr std::uint32_t least_socket_buffer = 4096;
constexpr std::uint32_t most_socket_buffer = std::numeric_limits<std::int32_t>::max() / 2;

// Deep enough that a batch is full before it counts.
constexpr std::uint32_t deep_threshold = 65535;
constexpr std::uint32_t default_flush_timeout_ms = 10;

} // namespace

std::uint32_t Settings::ranged(const char* what, std::uint32_t value, std::uint32_t least,
                               std::uint32_t most)
{
    if (value < least || value > most)
        throw Error(ERANGE, std::string("cannot set the ") + what + " to " + std::to_string(value) +
                                ": it is " + std::to_string(least) + " to " + std::to_string(most));
    return value;
}

void Settings::set_snaplen(std::uint32_t bytes)
{
    snaplen_ = ranged("snaplen", bytes, 0, most_snaplen);
}

void Settings::set_delivery(int delivery)
{
    if (delivery != NFLOGCAP_BATCHED && delivery != NFLOGCAP_IMMEDIATE &&
        delivery != NFLOGCAP_ADAPTIVE)
        throw Error(EINVAL, "cannot set the delivery to " + std::to_string(delivery) +
                                ": it is NFLOGCAP_BATCHED (0), NFLOGCAP_IMMEDIATE (1) or "
                                "NFLOGCAP_ADAPTIVE (2)");
    delivery_ = delivery;
}

void Settings::set_queue_threshold(std::uint32_t packets)
{
    queue_threshold_ =
        ranged("queue threshold", packets, 1, std::numeric_limits<std::uint32_t>::max());
}

void Settings::set_flush_timeout(std::uint32_t milliseconds)
{
    flush_timeout_ms_ = ranged("flush timeout", milliseconds, 0, most_flush_timeout_ms);
}

void Settings::set_batch_size(std::uint32_t bytes)
{
    batch_size_ = ranged("batch size", bytes, least_batch_size, most_batch_size);
}

void Settings::set_socket_buffer(std::uint32_t bytes)
{
    socket_buffer_ = ranged("socket buffer", bytes, least_socket_buffer, most_socket_buffer);
}

void Settings::set_conntrack(bool enabled)
{
    conntrack_ = enabled;
}

void Settings::set_netns(const char* path)
{
    if (path != nullptr && *path == '\0')
        throw Error(EINVAL, "cannot set the network namespace: the path is empty");
    netns_ = path == nullptr ? "" : path;
}

void Settings::set_savefile(const char* path)
{
    if (path != nullptr && *path == '\0')
        throw Error(EINVAL, "cannot set the savefile: the path is empty");
    savefile_ = path == nullptr ? "" : path;
}

GroupSettings Settings::batched() const noexcept
{
    return {
        .snaplen = snaplen_,
        .queue_threshold = queue_threshold_.value_or(deep_threshold),
        .flush_timeout_ms = flush_timeout_ms_.value_or(default_flush_timeout_ms),
        .batch_size = batch_size_.value_or(most_batch_size),
        .conntrack = conntrack_,
    };
}

GroupSettings Settings::at_start() const noexcept
{
    GroupSettings settings = batched();
    // With a packet a batch the kernel trims and copies what a large buffer has too much.
    if (delivery_ == NFLOGCAP_IMMEDIATE) {
        settings.queue_threshold = queue_threshold_.value_or(1);
        settings.batch_size = batch_size_.value_or(least_batch_size);
    } else if (delivery_ == NFLOGCAP_ADAPTIVE) {
        settings.queue_threshold = 1;
        settings.batch_size = least_batch_size;
    }
    return settings;
}

} // namespace nflog
