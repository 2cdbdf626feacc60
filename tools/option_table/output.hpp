// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <array>

namespace command {

// Options that say what is done with the packets that are captured.
constexpr auto options_of_what_is_done_with_it = std::to_array<OptionRow>({
    {
        .names = "-w",
        .argument = "FILE",
        .brief = "write a savefile, or JSON with --json; '-' is standard output",
        .manual = R"(
Writes a savefile with times in nanoseconds, or with --json an object a line; '-' is standard output, and so
`nflogcap -g 5 -w - | wireshark -k -i -` shows packets as they come.
A name that ends in `.pcapng` makes it a pcapng file, any other a pcap file.
If it ends in `.gz` or `.zst` behind that, as `x.pcap.zst`, the file is compressed with gzip or zstd, by zlib or
libzstd.
A compressed file consists of parts: one for each 64 KiB of packets, or about one a second if fewer come in.
If it is cut, it holds all packets of its whole parts.)",
        .section = "output",
        .commands = "capture",
        .completes = Completes::files,
    },
    {
        .names = "--pcapng",
        .brief = "-w writes pcapng, as for a name that ends in .pcapng",
        .manual = R"(
Writes a pcapng file, whatever its name.

A pcapng file has an interface for each device with its name (by the input interface of the packet, else
the output interface), and one for each group that has packets without a device.
A file of *raw* has one interface, because programs that use libpcap read no more.
Each packet has its direction, unless it is forwarded, and the number of packets lost before it.
With *raw* and *ethernet* it has a comment of what the link type cannot hold, such as
`group=5 in=eth0 out=eth1 mark=7 uid=0 gid=0 prefix="web: "`.
At its end the file has the counters of each interface: `isb_ifdrop`, the packets lost as the packets in the file
say, and `isb_ifrecv`, the packets that are in the file or lost.
A lost packet counts for the interface of the next packet of its group in the file, because its own is not
known.
If packets are read from a savefile, interfaces are called by their indexes, such as `#3`, because their names
are not in the savefile.)",
        .section = "output",
        .commands = "capture",
        .excludes = "--json",
        .needs = "-w",
    },
    {
        .names = "-y",
        .argument = "LINKTYPE",
        .brief = "link type of -w: nflog, raw (IP packets) or ethernet; by default nflog",
        .manual = R"(
The link type of the file that -w writes, in lower or upper case, or its number in the list of
tcpdump.org.

nflog:: All that the kernel sent of each packet.
This is the default.
Wireshark and tcpdump(8) print such a file; filters of tcpdump(8) and most other programs need one of
the other two link types.

raw:: Packets from their IPv4 or IPv6 header on.
It cannot hold a packet that is not IPv4 or IPv6, or that has no bytes left after the snaplen.

ethernet:: Ethernet frames, with the link-layer header and the VLAN tag that the kernel sent.
If it sent no Ethernet header, or took off another header behind it (PPPoE), the frame has the EtherType
of the packet and addresses of zeros.
It cannot hold a packet that has no link-layer header and an unknown EtherType.
Programs that send a file to an Ethernet device, such as tcpreplay(1), need this one.

A packet that the link type cannot hold is skipped; the summary at the end says how many were.
With -r a file is converted: `nflogcap -r old.pcap -w new.pcap -y raw`.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
        .completes = Completes::words,
        .words = "nflog raw ethernet",
    },
    {
        .names = "-C",
        .argument = "MILLIONS",
        .brief = "a new file when one has more than so many million bytes",
        .manual = R"(
Begins a new file when one has more than so many million bytes, 1 to 9223372036854.
A number from 1 on stands behind the name then, before `.pcapng`, `.gz` and `.zst`: `x.pcap1`, `x1.pcapng`,
`x.pcap1.zst`.
The name cannot be '-'.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
    },
    {
        .names = "-G",
        .argument = "SECONDS",
        .brief = "a new file after so long, named by strftime(3)",
        .manual = R"(
Begins a new file with the first packet after so many seconds, 1 to 2147483647.
Setting the clock does not change how long a period lasts.

The name is a format of strftime(3), filled with the local time at which the period begins.
It cannot be '-'.
If the name has no time in it, or one that recurs, such as `%H`, files are written over when it recurs.
They are not written over when the clock was set back, or when daylight saving time ends: if the local
time is one that the capture has seen before, or less than a day earlier, and a file of that name
exists, the name ends in `.2` instead, or the next number that is free.
So it does, before the number of -C, where that number would make the name of a file of another time,
such as `x11` of `x1` and 1.)",
        .section = "output",
        .commands = "capture",
        .needs = "-w",
    },
    {
        .names = "-W",
        .argument = "COUNT",
        .brief = "with -C: keep so many files, overwrite the oldest; with -G: exit after them",
        .manual = R"(
With -C, the number of files: then the first is written over.
Numbers have leading zeros and begin at 0.
With -G, ends after so many files.
With both it gives the numbers their zeros, and limits the files of each period.

With -C or -G it is an error at the start if one of the next 1000 files cannot be written for want of
rights.
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
Runs `PROGRAM FILE` on each file that another one follows, because of -C, -G or `SIGHUP`, such as `-z gzip`.
The last file is left alone.
The program is found in `PATH` and gets no other argument and no shell.
It runs beside the capture, only when the CPU is idle, and not in the terminal's foreground, so that
Ctrl-C does not end it.
If it cannot be run or fails, nflogcap says so and goes on.)",
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
The directory is made if it does not exist.
It holds savefiles, which tcpdump(8) reads at any time, and an index of each with counts and checksums.
What an earlier capture left there stays, and its numbers go on, however that capture ended.
The directory has one capture at a time.
If it is full, or its disk is, the oldest packets are dropped; the summary and nflogcap-ship(1) count those
that were not sent.
`nflogcap spool DIR` shows what is in it.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -r --json -x -X -A -t --utc --color",
        .completes = Completes::files,
    },
    {
        .names = "--spool-size",
        .argument = "BYTES",
        .brief = "the most that the spool may take up, such as 512M or 2G; by default 1G",
        .manual = R"(
The most that the directory may take up: a number of bytes, or with `K`, `M`, `G` or `T` behind it of so many
KiB, MiB, GiB or TiB; from 1M on.
The default is `1G`.)",
        .section = "output",
        .commands = "capture",
        .needs = "--spool",
    },
    {
        .names = "--spool-sync",
        .argument = "WHEN",
        .brief = "when the spool is brought to the disk: segment, chunk or never",
        .manual = R"(
When what is in the spool is brought to the disk, so that it outlives a loss of power.

segment:: When one of its files is full, or the capture ends: after 4 MiB.
This is the default.
The capture does not wait for the disk.

chunk:: Before anything else is done, which is up to ten times a second for each group.
Packets are lost if the disk is slow; they are counted.

never:: Whenever the system does it.

The end of the capture alone, with `kill -9` too, loses nothing that is in the spool.)",
        .section = "output",
        .commands = "capture",
        .needs = "--spool",
        .completes = Completes::words,
        .words = "segment chunk never",
    },
    {
        .names = "--json",
        .brief = "print all fields, an object a line",
        .manual = R"(
Prints an object a line: see [JSON].
With -w it writes them to a file, or with -C and -G to one file after the other.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-y -x -X -A -t --utc --color",
    },
    {
        .names = "--no-payload",
        .brief = "with --json: leave the payload out",
        .manual = R"(
Leaves the payload out of each object, and nothing else.)",
        .section = "output",
        .commands = "capture",
        .needs = "--json",
    },
    {
        .names = "-x",
        .brief = "print payloads too, in hexadecimal; twice: whole frames",
        .manual = R"(
Prints each payload in hexadecimal too.
Given twice, as `-xx`, the whole frame: its link-layer header, VLAN tag and payload.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -X -A",
    },
    {
        .names = "-X",
        .brief = "the same in hexadecimal and ASCII; twice: whole frames",
        .manual = R"(
The same in hexadecimal and ASCII.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w -A",
    },
    {
        .names = "-A",
        .brief = "the same in ASCII; twice: whole frames",
        .manual = R"(
The same in ASCII: a line feed begins a new line, and any other byte that is not printable is a dot.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "-t",
        .brief = "no time in lines; twice: epoch, 3: difference, 4: with date, 5: since first",
        .manual = R"(
Prints lines without a time.
Given twice, as `-tt`, the time is in seconds since 1970; three times, since the line before; four times,
with the date; and five times, since the first line.
Otherwise it is the time of day, with the date from the first packet on, of those that -r reads, that is
not of today.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "--utc",
        .brief = "times of lines in UTC, not local time",
        .manual = R"(
Times are in UTC, not in local time.)",
        .section = "output",
        .commands = "capture",
        .excludes = "-w",
    },
    {
        .names = "--color",
        .argument = "WHEN",
        .brief = "always, never, or by default auto: on a terminal",
        .manual = R"(
*always*, *never* or *auto*, the default: on a terminal that is not dumb, if `NO_COLOR` is not set.)",
        .section = "output",
        .commands = "capture list doctor spool",
        .excludes = "-w",
        .completes = Completes::words,
        .words = "always never auto",
    },
    {
        .names = "-D",
        .brief = "list the groups that are bound, as 'nflogcap list'",
        .manual = R"(
Lists the groups that are bound, as *list* does.)",
        .section = "output",
        .commands = "capture",
    },
});

} // namespace command
