// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <array>

namespace command {

// The options that choose what the command does with the captured packets.
constexpr auto options_of_what_is_done_with_it = std::to_array<OptionRow>({
    {
        .names = "-w",
        .argument = "FILE",
        .brief = "write a savefile, or JSON with --json; '-' is standard output",
        .manual = R"(
Writes a savefile with times in nanoseconds, or with --json one object per line; '-' is standard output:
`nflogcap -g 5 -w - | wireshark -k -i -` shows packets as they arrive.
If the name ends in `.pcapng`, the file is pcapng, otherwise pcap.
If `.gz` or `.zst` follows at the end, as in `x.pcap.zst`, the file is compressed with gzip or zstd, by zlib or
libzstd.
A compressed file consists of parts: one for each 64 KiB of packets, or about one per second if fewer arrive.
If the file is cut off, the packets of its complete parts can still be read.)",
        .section = "output",
        .commands = "capture",
        .completes = Completes::files,
    },
    {
        .names = "--pcapng",
        .brief = "-w writes pcapng, whatever the name of the file",
        .manual = R"(
Writes a pcapng file, whatever its name.

A pcapng file has one interface for each network device, with the device's name, and one for each group that has
packets without a device.
A packet belongs to its input interface or, without one, to its output interface.
A file with the link type *raw* has only one interface, because programs that use libpcap cannot read more.
Each packet has its direction, unless it is forwarded, and the number of packets lost before it.
With *raw* and *ethernet*, each packet has a comment with the attributes that the link type cannot hold, such as
`group=5 in=eth0 out=eth1 mark=7 uid=0 gid=0 prefix="web: "`.
The file ends with the counters of each interface: `isb_ifdrop`, the sum of the losses before the packets in the
file, and `isb_ifrecv`, the packets in the file and the lost ones.
A lost packet is counted for the interface of the next packet of its group in the file, because its own is not
known.
If packets are read from a savefile, interfaces are named by their index, such as `#3`, because a savefile does
not contain their names.)",
        .section = "output",
        .commands = "capture",
        .excludes = "--json",
        .needs = "-w",
    },
    {
        .names = "-y",
        .argument = "LINKTYPE",
        .brief = "link type for -w: nflog (default), raw (IP packets) or ethernet",
        .manual = R"(
The link type of the file that -w writes, in lower or upper case, or its number in the list of
tcpdump.org.

nflog:: Everything that the kernel sent for each packet.
This is the default.
Wireshark and tcpdump(8) can show such a file; the filters of tcpdump(8), and most other programs, need one of
the other two link types.

raw:: Each packet from its IPv4 or IPv6 header on.
Packets that are not IPv4 or IPv6, or have no bytes left after the snaplen, cannot be written.

ethernet:: Ethernet frames, with the link-layer header and the VLAN tag that the kernel sent.
If the kernel sent no Ethernet header, or removed another header after it (PPPoE), the frame has the packet's
EtherType, and zeros as addresses.
Packets that have no link-layer header and an unknown EtherType cannot be written.
Programs that send a file to an Ethernet device, such as tcpreplay(1), need this link type.

Packets that the link type cannot hold are skipped; the summary at the end shows how many.
With -r this converts a file: `nflogcap -r old.pcap -w new.pcap -y raw`.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
        .completes = Completes::words,
        .words = "nflog raw ethernet",
    },
    {
        .names = "-C",
        .argument = "MILLIONS",
        .brief = "start a new file when one has more than so many million bytes",
        .manual = R"(
Starts a new file when the current one has more than so many million bytes, 1 to 9223372036854.
The names of further files get a number, from 1 on, before `.pcapng`, `.gz` and `.zst`: `x.pcap1`,
`x1.pcapng`, `x.pcap1.zst`.
The name cannot be '-'.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
    },
    {
        .names = "-G",
        .argument = "SECONDS",
        .brief = "start a new file after so many seconds, named by strftime(3)",
        .manual = R"(
Starts a new file with the first packet after so many seconds, 1 to 2147483647.
Setting the system clock does not change how long a period lasts.

The name is a format of strftime(3), which is filled with the local time at which the period begins.
It cannot be '-'.
If the name contains no time, or one that recurs, such as `%H`, files are overwritten when it recurs.
They are not overwritten when the clock is set back or when daylight saving time ends: if the capture has seen
that local time before, or if it is less than a day before one that it has seen, and a file with that name
exists, the name ends in `.2`, or in the next free number.
With -C such a number is also added, before the number of -C, if the name would otherwise be that of a file of
another time: `x1` with the number 1 would be `x11`.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
    },
    {
        .names = "-W",
        .argument = "COUNT",
        .brief = "with -C: keep so many files, overwrite the oldest; with -G: exit after them",
        .manual = R"(
With -C: keeps so many files and overwrites the oldest.
The numbers in their names have leading zeros and begin at 0.
With -G: exits after so many files.
With both: limits the number of files in each period, and their numbers have leading zeros.

With -C or -G, it is an error at the start if permissions do not allow one of the next 1000 files to be written.
Directories that do not exist yet are not checked.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w -C|-G",
    },
    {
        .names = "-z",
        .argument = "PROGRAM",
        .brief = "with -C, -G or SIGHUP: run PROGRAM FILE on each file that is complete",
        .manual = R"(
Runs `PROGRAM FILE` on each file when the next one is started, because of -C, -G or `SIGHUP`; for example
`-z gzip`.
It is not run on the last file.
The program is searched in `PATH`; it gets no other argument, and no shell is used.
It runs in parallel to the capture, only when the CPU is idle, and not in the terminal's foreground, so that
Ctrl-C does not end it.
If it cannot be run or fails, nflogcap says so and continues.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
        .completes = Completes::programs,
    },
    {
        .names = "--spool",
        .argument = "DIR",
        .brief = "keep packets in this directory until nflogcap-ship has sent them",
        .manual = R"(
Keeps the packets in this directory, from which nflogcap-ship(1) sends them to another host.
The directory is created if it does not exist.
It holds savefiles, which tcpdump(8) can read at any time, and for each an index with counts and checksums.
Packets of an earlier capture stay there, and the numbering continues, however that capture ended.
Only one capture at a time can use the directory.
If the directory or its disk is full, the oldest packets are dropped; the summary and nflogcap-ship(1) count those
that had not been sent.
`nflogcap spool DIR` shows what is in the directory.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -r --json -x -X -A -t --utc --color",
        .completes = Completes::files,
    },
    {
        .names = "--spool-size",
        .argument = "BYTES",
        .brief = "the maximum size of the spool, such as 512M or 2G; default 1G",
        .manual = R"(
The maximum size of the directory in bytes or, with the suffix `K`, `M`, `G` or `T`, in KiB, MiB, GiB or TiB; at
least 1M.
The default is `1G`.)",
        .section = "output",
        .commands = "capture",
        .needs = "--spool",
    },
    {
        .names = "--spool-sync",
        .argument = "WHEN",
        .brief = "when the spool is flushed to the disk: segment, chunk or never",
        .manual = R"(
When the spool is flushed to the disk, so that its packets survive a power failure.

segment:: When one of its files is full, which is after 4 MiB, and when the capture ends.
This is the default.
The capture does not wait for the disk.

chunk:: After each chunk, which is up to ten times per second for each group.
The capture waits for the disk: if the disk is slow, packets are lost, and are counted as lost.

never:: When the system does it.

If only the capture ends, even with `kill -9`, nothing in the spool is lost.)",
        .section = "output",
        .commands = "capture",
        .needs = "--spool",
        .completes = Completes::words,
        .words = "segment chunk never",
    },
    {
        .names = "--json",
        .brief = "print all fields, one object per line",
        .manual = R"(
Prints one object per line: see [JSON].
With -w the objects are written to a file; with -C or -G, to several files in turn.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-y -x -X -A -t --utc --color",
    },
    {
        .names = "--no-payload",
        .brief = "with --json: omit the payload",
        .manual = R"(
Omits only the payload from each object.)",
        .section = "output",
        .commands = "capture",
        .needs = "--json",
    },
    {
        .names = "-x",
        .brief = "also print payloads in hexadecimal; twice: whole frames",
        .manual = R"(
Also prints each payload in hexadecimal.
Given twice, as `-xx`, prints the whole frame: its link-layer header, VLAN tag and payload.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -X -A",
    },
    {
        .names = "-X",
        .brief = "the same as -x, in hexadecimal and ASCII; twice: whole frames",
        .manual = R"(
The same as -x, in hexadecimal and ASCII.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -A",
    },
    {
        .names = "-A",
        .brief = "the same as -x, in ASCII; twice: whole frames",
        .manual = R"(
The same as -x, in ASCII: a line feed begins a new line, and any other byte that is not printable is shown as a
dot.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "-t",
        .brief = "no time in lines; twice: epoch, 3: difference, 4: with date, 5: since first",
        .manual = R"(
Prints lines without a time.
Given twice, as `-tt`, the time is in seconds since 1970; three times, since the previous line; four times,
with the date; and five times, since the first line.
Without -t lines have the time of day; with -r, they also have the date, from the first packet on that is not of
today.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "--utc",
        .brief = "print times in UTC instead of local time",
        .manual = R"(
Prints times in UTC instead of local time.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "--color",
        .argument = "WHEN",
        .brief = "use colours: always, never or, by default, auto: on a terminal",
        .manual = R"(
When to print colours: *always*, *never* or *auto*, the default.
With *auto* colours are printed on a terminal that is not dumb, if `NO_COLOR` is not set.)",
        .section = "output",
        .commands = "capture list doctor spool",
        .excludes = "-w",
        .completes = Completes::words,
        .words = "always never auto",
    },
    {
        .names = "-D",
        .brief = "list the groups that are captured, as 'nflogcap list' does",
        .manual = R"(
Lists the groups that programs capture, as *list* does.)",
        .section = "output",
        .commands = "capture",
    },
});

} // namespace command
