// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <array>

namespace command {

// Options that say what is captured, and how much of it.
constexpr auto options_of_what_is_captured = std::to_array<OptionRow>({
    {
        .names = "--config",
        .argument = "FILE",
        .brief = "take words of this command line from a file; the first option",
        .manual = R"(
The words of this file take its place: see [CONFIGURATION].
It must be the first word.)",
        .section = "captured",
        .commands = "capture",
        .completes = Completes::files,
    },
    {
        .names = "-g,--group",
        .argument = "GROUP",
        .brief = "a group that rules log to, 0 to 65535; several: 5,6",
        .manual = R"(
The group that rules log to, 0 to 65535.
May be given several times, or as a list: `-g 5,6`.
A group has one reader at a time in a network namespace.)",
        .section = "captured",
        .commands = "capture doctor top",
    },
    {
        .names = "-i,--interface",
        .argument = "DEVICE",
        .brief = "the same by libpcap's name of the device: nflog:5",
        .manual = R"(
The same by libpcap's name of the device, `nflog:5` or `nflog:5,6`.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--tap",
        .argument = "MATCH",
        .brief = "log what this matches, such as 'tcp dport 443', or 'all'",
        .manual = R"(
Adds a rule of nftables that logs what this matches, such as `tcp dport 443` or the name of a protocol,
as long as the capture lasts; *all* for all packets.
The rule is removed when nflogcap ends, however it ends, and nothing else in the ruleset is touched.
A match on `ct` turns on connection tracking in the network namespace until then, with which a router
no longer forwards a fragment without the rest of its packet.
Without -g a group that nobody reads is chosen.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--hook",
        .argument = "HOOK",
        .brief = "where: prerouting, input, forward, output, postrouting or ingress:DEVICE",
        .manual = R"(
Where the tap is: *prerouting*, *input*, *forward*, *output*, *postrouting* or *ingress:DEVICE*.
Otherwise it is at prerouting and output: all that comes in and all that is sent from here.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
        .completes = Completes::hooks,
        .words = "prerouting input forward output postrouting ingress:",
    },
    {
        .names = "--tap-priority",
        .argument = "PRIORITY",
        .brief = "when the tap sees a packet at its hook: -150, raw or 'filter - 1'",
        .manual = R"(
When the tap sees a packet at its hook, as a priority of nft: `-150`, `raw` or `filter - 1`.
Otherwise it is -199, right after connection tracking.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-prefix",
        .argument = "TEXT",
        .brief = "the prefix of what the tap logs",
        .manual = R"(
The prefix of the packets that the tap logs, up to 127 bytes.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-limit",
        .argument = "RATE",
        .brief = "log so many packets at most, such as 10/second",
        .manual = R"(
Has the tap log so many packets at most, such as `10/second` or `10/second burst 20 packets`.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-sample",
        .argument = "NUMBER",
        .brief = "log one of so many packets that match",
        .manual = R"(
Has the tap log one of so many packets that match.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "-r",
        .argument = "FILE",
        .brief = "read a savefile; '-' is standard input",
        .manual = R"(
Reads a savefile instead, pcap or pcapng, of link type NFLOG, RAW, IPV4, IPV6 or EN10MB (Ethernet);
'-' is standard input.
With -g only the packets of these groups.
The file may be compressed with gzip, zstd or lz4, whatever its name is.
It is an error if the output, printed or written, is the same file.
No privileges are needed.)",
        .section = "captured",
        .commands = "capture top",
        .excludes = "--tap --netns -s -B --conntrack --for -Z -G --metrics",
        .completes = Completes::files,
    },
    {
        .names = "--netns",
        .argument = "NAME|PATH",
        .brief = "in this network namespace: a name of 'ip netns', or a path",
        .manual = R"(
Captures in this network namespace: a name of ip-netns(8), or a path with a slash in it.)",
        .section = "captured",
        .commands = "capture list doctor top",
        .completes = Completes::network_namespaces,
    },
    {
        .names = "-s,--snaplen",
        .argument = "BYTES",
        .brief = "of each packet, 0 (metadata only) to 65531; by default 65528",
        .manual = R"(
Takes no more of each packet, 0 to 65531; by default 65528, since tcpdump(8) cannot read more in a
savefile.
0 is metadata only, where tcpdump(8) takes it for all.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "-B",
        .argument = "KIB",
        .brief = "socket buffer to ask the kernel for, 4 to 1048575; by default 32768",
        .manual = R"(
Asks the kernel for a socket buffer of so many times 1024 bytes, 4 to 1048575; by default 32768.
*doctor* says whether it grants that much.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--conntrack",
        .brief = "with the conntrack entry of each packet, for --json and savefiles",
        .manual = R"(
Asks the kernel for the conntrack entry of each packet: the state of its connection, and both tuples.
--json prints it as *conntrack*; savefiles of *nflog* and the spool keep it.
The kernel needs CONFIG_NETFILTER_NETLINK_GLUE_CT.)",
        .section = "captured",
        .commands = "capture",
    },
    {
        .names = "-F",
        .argument = "FILE",
        .brief = "a file that holds the filter",
        .manual = R"(
Takes the filter from this file, in which a comment goes from '#' to the end of its line.)",
        .section = "captured",
        .commands = "capture top",
        .completes = Completes::files,
    },
    {
        .names = "-c",
        .argument = "COUNT",
        .brief = "end after so many packets",
        .manual = R"(
Ends after so many packets that the filter matches.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--for",
        .argument = "TIME",
        .brief = "end after so long: 10s, 5m, 2h",
        .manual = R"(
Ends after this time, such as `10s`, `500ms`, `5m`, `2h` or `1d`; a number alone is seconds.
The end of the time acts like a signal.
Setting the clock does not change it.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "-Z",
        .argument = "USER",
        .brief = "become this user once the capture has started",
        .manual = R"(
Becomes this user, with its groups, when the capture has started and before any file is opened or
created, except the file of -F.
All capabilities are dropped unless the user is root.
So all files are written as this user.
This takes `CAP_SETUID` and `CAP_SETGID`.)",
        .section = "captured",
        .commands = "capture top",
        .completes = Completes::users,
    },
    {
        .names = "--hand-over",
        .brief = "have the service manager keep the capture for the next process",
        .manual = R"(
Has the service manager keep the capture for the process that it starts after this one.
After a crash, `kill -9`, an upgrade or `systemctl restart` the next process goes on where this one ended:
no packet is lost that fits into the socket buffer, and those that do not fit are counted.
A signal that ends this process leaves the groups bound, and packets wait.
The options of the new process apply: groups and taps that changed are added and removed.
If it cannot adopt the capture, it says why and starts a new one.
Packets that a killed process had received and not written are counted as lost.
The manager must speak sd_notify(3) and keep descriptors, as systemd does with `FileDescriptorStoreMax=16`.
The units *nflogcap@* and *nflogcap-spool@* have that.)",
        .section = "captured",
        .commands = "capture top",
        .excludes = "-r",
    },
    {
        .names = "--metrics",
        .argument = "FILE",
        .brief = "write counters to this file for Prometheus, every 5 seconds",
        .manual = R"(
Writes the counters of the capture to this file at the start, every 5 seconds and at the end: see
[METRICS].)",
        .section = "captured",
        .commands = "capture top",
        .completes = Completes::files,
    },
});

} // namespace command
