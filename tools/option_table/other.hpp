// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <array>

namespace command {

constexpr auto options_of_top = std::to_array<OptionRow>({
    {
        .names = "--by",
        .argument = "KEY",
        .brief = "prefix (default), source, destination, port, uid, device or group",
        .manual = R"(
The key by which packets are counted; each of its values has a row.
It is *prefix* (the default); *source* or *destination*, the addresses;
*port*, the protocol with the destination port, such as `tcp/443`, or the protocol alone if it has no ports;
*uid*, the user that owns the sending socket, with the user's name;
*device*, the input and the output interface; or *group*.)",
        .section = "top",
        .commands = "top",
        .completes = Completes::words,
        .words = "prefix source destination port uid device group",
    },
    {
        .names = "--once",
        .argument = "SECONDS",
        .brief = "show one table, of so many seconds, and exit",
        .manual = R"(
Shows one table, of so many seconds, 1 to 2147483647, and exits.)",
        .section = "top",
        .commands = "top",
        .excludes = "-r",
    },
    {
        .names = "--json",
        .brief = "print each table, with all its rows, as one object per line",
        .manual = R"(
Prints each table, with all its rows, as one object per line.)",
        .section = "top",
        .commands = "top",
    },
});

constexpr auto options_of_lists = std::to_array<OptionRow>({
    {
        .names = "--json",
        .brief = "print the groups as one object per line",
        .manual = R"(
Prints the groups as one object per line.
Its members are `group`, `netlink_port`, `pid` and `process` of the owner if they are known, `copies` (packets,
metadata or nothing), `snaplen` in bytes if packets are copied, `flush_timeout_ms` and `queued`.)",
        .section = "list",
        .commands = "list",
        .excludes = "--color",
    },
    {
        .names = "--json",
        .brief = "print the findings as one object per line",
        .manual = R"(
Prints the findings as one object per line: `finding` is ok, note or problem, and `words` is the text of the line.)",
        .section = "doctor",
        .commands = "doctor",
        .excludes = "--color",
    },
});

constexpr auto options_of_spools = std::to_array<OptionRow>({
    {
        .names = "--json",
        .brief = "print the state of the spool as one object",
        .manual = R"(
Prints the state of the spool as one object on one line.
Its members are `spool`, the identity of the spool; `bytes`; `segments`; `is_written`; `is_shipped`; `host` and
`trouble` if there are any; `groups`, one object per group with `group`, `chunks`, `first_chunk`, `last_chunk`,
`acknowledged_chunk`, `packets`, `unsent_packets`, `damaged_chunks`, `total`, `lost`, `filtered` and `dropped`;
and `damage`, a list of texts.)",
        .section = "spool",
        .commands = "spool",
        .excludes = "--color",
    },
    {
        .names = "--spool",
        .argument = "DIR",
        .brief = "also check this spool, and the nflogcap-ship that sends it",
        .manual = R"(
Also checks this spool, and the nflogcap-ship(1) that sends it: why packets do not arrive at the collector.
Without -g it checks the groups that are in the spool.)",
        .section = "doctor",
        .commands = "doctor",
        .completes = Completes::files,
    },
});

constexpr auto options_of_demo = std::to_array<OptionRow>({
    {
        .names = "--fleet",
        .brief = "show two hosts, a broker and a collector",
        .manual = R"(
Shows two hosts, a broker that is killed and restarted, and a collector.
It requires the package nflogcap-fleet and nats-server.)",
        .section = "demo",
        .commands = "demo",
    },
});

constexpr auto options_about_the_command = std::to_array<OptionRow>({
    {
        .names = "-h,--help",
        .brief = "show this help and exit",
        .manual = R"(
Shows the options.)",
        .section = "output",
        .commands = "capture list doctor top spool demo",
    },
    {
        .names = "--version",
        .brief = "show the version and exit",
        .manual = R"(
Shows the version.)",
        .section = "output",
        .commands = "capture",
    },
});

// Options that users of tcpdump(8) type out of habit.
constexpr auto options_of_tcpdump = std::to_array<OptionRow>({
    {.names = "-n", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-l", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-U", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-v", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-q", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-e", .section = tcpdumps_own, .commands = "capture"},
    {.names = "-p", .section = tcpdumps_own, .commands = "capture"},
});

constexpr auto options_of_wireshark = std::to_array<OptionRow>({
    {.names = "--extcap-interfaces", .section = wiresharks_own, .commands = "capture"},
    {.names = "--extcap-dlts", .section = wiresharks_own, .commands = "capture"},
    {.names = "--extcap-config", .section = wiresharks_own, .commands = "capture"},
    {.names = "--capture", .section = wiresharks_own, .commands = "capture"},
    {.names = "--extcap-interface",
     .argument = "NAME",
     .section = wiresharks_own,
     .commands = "capture"},
    {.names = "--extcap-linktype",
     .argument = "LINKTYPE",
     .section = wiresharks_own,
     .commands = "capture"},
    {.names = "--fifo", .argument = "FILE", .section = wiresharks_own, .commands = "capture"},
    {.names = "--extcap-version",
     .argument = "VERSION",
     .section = wiresharks_own,
     .commands = "capture"},
    {.names = "--extcap-capture-filter",
     .argument = "FILTER",
     .section = wiresharks_own,
     .commands = "capture"},
});

} // namespace command
