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
What has a row: *prefix* (the default); *source* or *destination*, the addresses;
*port*, the protocol with the destination port, such as `tcp/443`, or the protocol alone if it has none;
*uid*, the user that owns the sending socket, with the name;
*device*, the interfaces by which it came in and goes out; or *group*.)",
        .section = "top",
        .commands = "top",
        .completes = Completes::words,
        .words = "prefix source destination port uid device group",
    },
    {
        .names = "--once",
        .argument = "SECONDS",
        .brief = "show one table, of so many seconds, and end",
        .manual = R"(
Shows one table, of so many seconds, 1 to 2147483647, and ends.)",
        .section = "top",
        .commands = "top",
        .excludes = "-r",
    },
    {
        .names = "--json",
        .brief = "print each table as an object a line, with all rows",
        .manual = R"(
Prints each table as an object on a line, with all rows.)",
        .section = "top",
        .commands = "top",
    },
});

constexpr auto options_of_lists = std::to_array<OptionRow>({
    {
        .names = "--json",
        .brief = "print each group as an object, one a line",
        .manual = R"(
Prints each group as an object on a line of its own: `group`, `netlink_port`, `pid` and `process` of the owner
if it is known, `copies` (packets, metadata or nothing), `snaplen` in bytes if packets are copied,
`flush_timeout_ms` and `queued`.)",
        .section = "list",
        .commands = "list",
        .excludes = "--color",
    },
    {
        .names = "--json",
        .brief = "print each finding as an object, one a line",
        .manual = R"(
Prints each finding as an object on a line of its own: `finding` is ok, note or problem, and `words` is what a
line says.)",
        .section = "doctor",
        .commands = "doctor",
        .excludes = "--color",
    },
});

constexpr auto options_of_spools = std::to_array<OptionRow>({
    {
        .names = "--json",
        .brief = "print it as one object",
        .manual = R"(
Prints it as one object on a line: `spool`, its identity; `bytes`; `segments`; `is_written`; `is_shipped`; `host`
and `trouble` if there are any; `groups`, an object of each with `group`, `chunks`, `first_chunk`, `last_chunk`,
`acknowledged_chunk`, `packets`, `unsent_packets`, `damaged_chunks`, `total`, `lost`, `filtered` and `dropped`;
and `damage`, a list of words.)",
        .section = "spool",
        .commands = "spool",
        .excludes = "--color",
    },
    {
        .names = "--spool",
        .argument = "DIR",
        .brief = "look at this spool too, and at what ships it",
        .manual = R"(
Looks at this spool too, and at what ships it: why packets do not arrive where they are collected.
Without -g it looks at the groups that are in the spool.)",
        .section = "doctor",
        .commands = "doctor",
        .completes = Completes::files,
    },
});

constexpr auto options_of_demo = std::to_array<OptionRow>({
    {
        .names = "--fleet",
        .brief = "with two hosts, a broker and a collector",
        .manual = R"(
Shows two hosts, a broker that is killed and comes back, and a collector.
It needs the package nflogcap-fleet and nats-server.)",
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

// What users of tcpdump(8) type out of habit.
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
