// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

constexpr auto options_of_collect = std::to_array<command::OptionRow>({
    {
        .names = "--out",
        .argument = "DIR",
        .brief = "the directory for the files and the state",
        .manual = R"(
The directory for the files and the state; it is made if it does not exist.
One nflogcap-collect at a time writes to it.)",
        .section = "collect",
        .commands = "collect",
        .completes = command::Completes::files,
    },
    {
        .names = "-w",
        .argument = "NAME",
        .brief = "names of the files; by default %h-g%g.pcap, with --json %h-g%g.json",
        .manual = R"(
The name of each file, in the directory of --out: `%h` is the host and `%g` the group, and both must be in it.
In the host's name each byte that is not a letter, a digit, '-' or '_' is `%` and two hexadecimal digits.
A slash puts files into directories, which are made: `%h/%g.pcap`.
The default is `%h-g%g.pcap`, and with --json `%h-g%g.json`.
If somebody else's file has the name, the name ends in `.2`, or the next number that is free.
Packets of a host of the other byte order have a file of their own.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-C",
        .argument = "MILLIONS",
        .brief = "a new file when one has more than so many million bytes",
        .manual = R"(
Begins a new file when one has more than so many million bytes, 1 to 9223372036854.
A number from 1 on stands behind the name then.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-G",
        .argument = "SECONDS",
        .brief = "a new file after so long, named by strftime(3)",
        .manual = R"(
Begins a new file every so many seconds, 1 to 2147483647, for all hosts at the same time.
Periods begin at multiples of their length in local time, such as at midnight with 86400.
The name is a format of strftime(3), filled with the local time at which the period begins: `%h-g%g-%F.pcap`.
If the name has no time in it, or one that recurs, no file is written over: the name ends in `.2`, or the
next number that is free.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-W",
        .argument = "COUNT",
        .brief = "with -C: keep so many files of each group, overwrite the oldest",
        .manual = R"(
Keeps so many files of each group, 1 to 1000000: then the first is written over.
Numbers have leading zeros and begin at 0.
With -G it limits the files of each period.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
        .needs = "-C",
    },
    {
        .names = "--json",
        .brief = "write packets, or with --report the report, as JSON",
        .manual = R"(
Writes an object for each packet on a line of its own, instead of savefiles: that of `nflogcap --json`, with
*host* and the host's names of interfaces.
What the kernel lost is in the report, and *lost_before* is always 0.
With --report the report is an object: see REPORT below.)",
        .section = "collect",
        .commands = "collect",
    },
    {
        .names = "--report",
        .brief = "print what was stored, lost and is missing, and exit",
        .manual = R"(
Prints what has become of all packets, and exits: see REPORT below.
It reads the state in the directory of --out, also while another nflogcap-collect writes it, and needs no
broker.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--server --stream-config --metrics",
        .needs = "--out",
    },
    {
        .names = "--stream-config",
        .argument = "FILE",
        .brief = "make the stream from this JSON file if the broker has none",
        .manual = R"(
Makes the stream if the broker has none, as this JSON file says, which `nats stream add --config` takes too.
A stream that exists stays as it is.)",
        .section = "collect",
        .commands = "collect",
        .completes = command::Completes::files,
    },
});

} // namespace fleet
