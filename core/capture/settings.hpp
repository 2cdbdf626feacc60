// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_config.hpp"

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>

namespace nflog {

// What a user sets before a capture starts. A value out of range throws Error and changes nothing.
class Settings {
public:
    void set_snaplen(std::uint32_t bytes);
    void set_delivery(int delivery);
    void set_queue_threshold(std::uint32_t packets);
    void set_flush_timeout(std::uint32_t milliseconds);
    void set_batch_size(std::uint32_t bytes);
    void set_socket_buffer(std::uint32_t bytes);
    void set_conntrack(bool enabled);
    void set_netns(const char* path);
    void set_savefile(const char* path);

    // What the groups are bound with, and what they have while packets are gathered: the same
    // where the delivery is not adaptive. What was set on its own goes for the latter.
    [[nodiscard]] GroupSettings at_start() const noexcept;
    [[nodiscard]] GroupSettings batched() const noexcept;
    [[nodiscard]] int delivery() const noexcept { return delivery_; }
    [[nodiscard]] std::uint32_t socket_buffer() const noexcept { return socket_buffer_; }
    [[nodiscard]] const std::string& netns() const noexcept { return netns_; }
    [[nodiscard]] const std::string& savefile() const noexcept { return savefile_; }

private:
    [[nodiscard]] static std::uint32_t ranged(const char* what, std::uint32_t value,
                                              std::uint32_t least, std::uint32_t most);

    static constexpr std::uint32_t most_snaplen = 65531;
    static constexpr std::uint32_t default_socket_buffer = 33'554'432; // 32 MiB

    std::uint32_t snaplen_ = most_snaplen;
    std::uint32_t socket_buffer_ = default_socket_buffer;
    int delivery_ = NFLOGCAP_BATCHED;
    std::optional<std::uint32_t> queue_threshold_; // absent: as the delivery wants it
    std::optional<std::uint32_t> flush_timeout_ms_;
    std::optional<std::uint32_t> batch_size_;
    bool conntrack_ = false;
    std::string netns_;    // path; empty: that of the thread that starts
    std::string savefile_; // path; empty: the kernel
};

} // namespace nflog
