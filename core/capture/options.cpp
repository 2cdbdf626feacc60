// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace nflog {

namespace {

struct Range {
    std::uint64_t minimum;
    std::uint64_t maximum;
};

constexpr nflogcap_option integer(const char* name, Range range, std::uint64_t default_value,
                                  const char* unit, const char* description)
{
    return {
        name, description, unit, "", range.minimum, range.maximum, default_value, NFLOGCAP_INTEGER,
        0,    0,           0};
}

constexpr nflogcap_option other(std::uint32_t kind, const char* name, const char* description,
                                const char* choices = "")
{
    return {name, description, "", choices, 0, 0, 0, kind, 0, 0, 0};
}

constexpr nflogcap_option live(nflogcap_option option)
{
    option.is_live = 1;
    return option;
}

constexpr nflogcap_option repeatable(nflogcap_option option)
{
    option.is_repeatable = 1;
    return option;
}

constexpr nflogcap_option groups()
{
    nflogcap_option option =
        other(NFLOGCAP_GROUPS, "groups",
              "NFLOG groups to capture; not required with a tap or a savefile");
    option.maximum = std::numeric_limits<std::uint16_t>::max();
    return option;
}

// The ranges are checked here, because the kernel acknowledges values outside of them, and then
// uses other values.
constexpr std::array table = {
    live(repeatable(groups())),
    // The default is the longest payload that other programs can read in a savefile: tcpdump 4.99
    // rounds an attribute's length up to a multiple of 4 in a 16-bit integer.
    integer("snaplen", {0, 65531}, 65528, "bytes",
            "bytes of each packet's payload to copy; 0: metadata only"),
    other(
        NFLOGCAP_CHOICE, "delivery",
        "batched: many packets per batch, least CPU, milliseconds of delay; immediate: one packet "
        "per batch, least delay, most CPU; adaptive: immediate at a low packet rate, batched at a "
        "high one",
        "batched immediate adaptive"),
    integer("queue_threshold", {1, std::numeric_limits<std::uint32_t>::max()}, 65535, "packets",
            "packets that the kernel gathers before it delivers a batch; 1 by default if the "
            "delivery is immediate"),
    integer("flush_timeout", {0, 3'600'000}, 10, "milliseconds",
            "longest time that the kernel gathers packets, rounded up to a multiple of 10"),
    integer("batch_size", {4096, 131'072}, 131'072, "bytes",
            "bytes that the kernel allocates for a batch; 4096 by default if the delivery is "
            "immediate"),
    integer("socket_buffer", {4096, 1'073'741'823}, 33'554'432, "bytes",
            "bytes of socket buffer to request"),
    other(NFLOGCAP_BOOLEAN, "conntrack", "packets come with their conntrack entry (ct, ct_info)"),
    other(NFLOGCAP_PATH, "netns",
          "path of the network namespace to capture in, such as /run/netns/blue; by default the "
          "namespace of the thread that starts the capture"),
    other(NFLOGCAP_PATH, "savefile",
          "path of a pcap or pcapng file to read packets from instead of the kernel; \"-\" is "
          "standard input"),
    live(
        other(NFLOGCAP_TEXT, "filter",
              "expression of pcap-filter(7), such as \"udp port 53\": only packets that it matches "
              "are delivered")),
    live(other(
        NFLOGCAP_TEXT, "hook",
        "hook of the taps: prerouting, input, forward, output, postrouting or ingress:DEVICE; "
        "by default prerouting and output")),
    live(
        other(NFLOGCAP_TEXT, "tap_priority",
              "place of the taps at their hook, as a priority of nft: -150, raw or \"filter - 1\"; "
              "by default -199, right after connection tracking")),
    live(other(NFLOGCAP_TEXT, "tap_prefix",
               "prefix of the packets that the taps log, up to 127 bytes; by default none")),
    live(
        other(NFLOGCAP_TEXT, "tap_limit",
              "highest rate at which each tap logs packets, such as 10/second or \"10/second burst "
              "20 packets\"; by default unlimited")),
    live(integer("tap_sample", {1, std::numeric_limits<std::uint32_t>::max()}, 1, "packets",
                 "N: the taps log one of every N packets that they match")),
    live(repeatable(other(
        NFLOGCAP_TEXT, "tap",
        "packets to capture, as a match of nft, such as \"tcp dport 443\": a firewall rule logs "
        "them to the capture and does nothing else; \"\": all packets"))),
};

static_assert(table.size() == option_count, "the table has one row for each Option, in its order");

} // namespace

std::span<const nflogcap_option> options() noexcept
{
    return table;
}

const nflogcap_option& describe(Option option) noexcept
{
    return table[static_cast<std::size_t>(option)];
}

} // namespace nflog
