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
The directory for the files and the state; it is created if it does not exist.
Only one nflogcap-collect at a time can write to it.)",
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
Each byte of the host's name that is not a letter, a digit, '-' or '_' is written as `%` and two hexadecimal digits.
A slash puts the files into directories, which are created: `%h/%g.pcap`.
The default is `%h-g%g.pcap`, and with --json `%h-g%g.json`.
If another program's file has the name, the name ends in `.2`, or in the next free number.
Packets of a host with the other byte order are written to a file of their own.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-C",
        .argument = "MILLIONS",
        .brief = "start a new file when one has more than so many million bytes",
        .manual = R"(
Starts a new file when the current one has more than so many million bytes, 1 to 9223372036854.
The names of further files end in a number, from 1 on.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-G",
        .argument = "SECONDS",
        .brief = "start a new file every so many seconds, named by strftime(3)",
        .manual = R"(
Starts a new file every so many seconds, 1 to 2147483647, for all hosts at the same time.
Periods begin at multiples of their length in local time: with 86400, at midnight.
The name is a format of strftime(3), which is filled with the local time at which the period begins:
`%h-g%g-%F.pcap`.
If the name contains no time, or one that recurs, no file is overwritten: the name ends in `.2`, or in the next
free number.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
    },
    {
        .names = "-W",
        .argument = "COUNT",
        .brief = "with -C: keep so many files of each group, overwrite the oldest",
        .manual = R"(
Keeps so many files of each group, 1 to 1000000, and overwrites the oldest.
The numbers in their names have leading zeros and begin at 0.
With -G it limits the number of files in each period.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--report",
        .needs = "-C",
    },
    {
        .names = "--json",
        .brief = "write packets, or with --report the report, as JSON",
        .manual = R"(
Writes one object per packet and line, instead of savefiles: the object of `nflogcap --json`, with *host*, and
with the names that the interfaces have on that host.
*lost_before* is always 0, because the losses are in the report.
With --report the report is printed as an object: see REPORT below.)",
        .section = "collect",
        .commands = "collect",
    },
    {
        .names = "--report",
        .brief = "print how many packets are stored, lost and missing, and exit",
        .manual = R"(
Prints how many packets were stored, were lost and are missing, and exits: see REPORT below.
It reads the state in the directory of --out, even while another nflogcap-collect writes it, and needs no
broker.)",
        .section = "collect",
        .commands = "collect",
        .excludes = "--server --stream-config --metrics",
        .needs = "--out",
    },
    {
        .names = "--stream-config",
        .argument = "FILE",
        .brief = "create the stream from this JSON file if the broker has none",
        .manual = R"(
Creates the stream from this JSON file if the broker does not have it; `nats stream add --config` accepts the same
file.
A stream that exists is not changed.)",
        .section = "collect",
        .commands = "collect",
        .completes = command::Completes::files,
    },
});

} // namespace fleet
