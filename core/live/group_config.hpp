// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

struct nlmsghdr;

namespace nflog {

// How the kernel gathers and delivers a group's packets. The names are the kernel's; the units may
// differ from the kernel's.
struct GroupSettings {
    std::uint32_t snaplen;         // bytes of payload; 0: metadata only
    std::uint32_t queue_threshold; // packets
    std::uint32_t flush_timeout_ms;
    std::uint32_t batch_size; // bytes; the kernel's nlbufsiz
    bool conntrack;

    bool operator==(const GroupSettings&) const = default;
};

// One NFULNL_MSG_CONFIG message.
class ConfigMessage {
public:
    // Binds a group with all its settings at once, so that it never runs with other settings.
    static ConfigMessage bind(std::uint16_t group, const GroupSettings& settings,
                              std::uint32_t sequence);
    // Changes all settings of a bound group.
    static ConfigMessage change(std::uint16_t group, const GroupSettings& settings,
                                std::uint32_t sequence);
    static ConfigMessage unbind(std::uint16_t group, std::uint32_t sequence);
    // Sets how many packets and bytes of a bound group the kernel gathers. The kernel answers only
    // if it refuses.
    static ConfigMessage gather(std::uint16_t group, std::uint32_t queue_threshold,
                                std::uint32_t batch_size, std::uint32_t sequence);

    [[nodiscard]] const nlmsghdr& header() const noexcept;

private:
    ConfigMessage(std::uint16_t group, std::uint32_t sequence);
    ConfigMessage(std::uint16_t group, std::uint8_t command, std::uint32_t sequence);
    void put_settings(const GroupSettings& settings);
    void put_gathering(std::uint32_t queue_threshold, std::uint32_t batch_size);
    nlmsghdr& header() noexcept;

    static constexpr std::size_t room = 128; // for all attributes of a configuration
    alignas(std::max_align_t) std::array<char, room> bytes_{};
};

} // namespace nflog
