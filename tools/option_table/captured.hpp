// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table.hpp"

#include <array>

namespace command {

// The options that choose which packets are captured, and how many bytes of each.
constexpr auto options_of_what_is_captured = std::to_array<OptionRow>({
    {
        .names = "--config",
        .argument = "FILE",
        .brief = "read arguments from a file; must be the first option",
        .manual = R"(
Reads arguments from this file, in place of this option: see [CONFIGURATION].
It must be the first argument.)",
        .section = "captured",
        .commands = "capture",
        .completes = Completes::files,
    },
    {
        .names = "-g,--group",
        .argument = "GROUP",
        .brief = "the NFLOG group that rules log to, 0 to 65535; several: 5,6",
        .manual = R"(
The NFLOG group that rules log to, 0 to 65535.
Can be given several times, or as a list: `-g 5,6`.
In a network namespace only one program at a time can capture a group.)",
        .section = "captured",
        .commands = "capture doctor top",
    },
    {
        .names = "-i,--interface",
        .argument = "DEVICE",
        .brief = "the same as -g, with libpcap's device name: nflog:5",
        .manual = R"(
The same as -g, with libpcap's device name: `nflog:5` or `nflog:5,6`.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--tap",
        .argument = "MATCH",
        .brief = "log the packets that match, such as 'tcp dport 443', or 'all'",
        .manual = R"(
Adds an nftables rule that logs the packets that match, such as `tcp dport 443` or the name of a protocol;
*all* logs all packets.
The rule is removed when nflogcap ends, however it ends, and nothing else in the ruleset is changed.
A match on `ct` turns on connection tracking in the network namespace until the capture ends.
While connection tracking is on, a router forwards a fragmented packet only when all its fragments have
arrived.
Without -g, nflogcap chooses a group that no other program captures.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--hook",
        .argument = "HOOK",
        .brief = "prerouting, input, forward, output, postrouting or ingress:DEVICE",
        .manual = R"(
The hook of the tap: *prerouting*, *input*, *forward*, *output*, *postrouting* or *ingress:DEVICE*.
By default the tap is at prerouting and output: it sees all packets that arrive and all that this host sends.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
        .completes = Completes::hooks,
        .words = "prerouting input forward output postrouting ingress:",
    },
    {
        .names = "--tap-priority",
        .argument = "PRIORITY",
        .brief = "priority of the tap at its hook: -150, raw or 'filter - 1'",
        .manual = R"(
The priority of the tap at its hook, as in nft(8): `-150`, `raw` or `filter - 1`.
The default is -199, right after connection tracking.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-prefix",
        .argument = "TEXT",
        .brief = "the prefix of the packets that the tap logs",
        .manual = R"(
The prefix of the packets that the tap logs, up to 127 bytes.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-limit",
        .argument = "RATE",
        .brief = "log no more packets than this, such as 10/second",
        .manual = R"(
Limits how many packets the tap logs, such as `10/second` or `10/second burst 20 packets`.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "--tap-sample",
        .argument = "NUMBER",
        .brief = "log only every NUMBERth packet that matches",
        .manual = R"(
Makes the tap log only one of every _number_ packets that match.)",
        .section = "captured",
        .commands = "capture top",
        .needs = "--tap",
    },
    {
        .names = "-r",
        .argument = "FILE",
        .brief = "read a savefile; '-' is standard input",
        .manual = R"(
Reads packets from a savefile instead of capturing them; '-' is standard input.
The file must be pcap or pcapng, with the link type NFLOG, RAW, IPV4, IPV6 or EN10MB (Ethernet).
With -g only the packets of these groups are read.
The file may be compressed with gzip, zstd or lz4, whatever its name.
It is an error if the output, printed or written, goes to the same file.
No privileges are needed.)",
        .section = "captured",
        .commands = "capture top",
        .excludes = "--tap --netns -s -B --conntrack --for -Z -G --metrics",
        .completes = Completes::files,
    },
    {
        .names = "--netns",
        .argument = "NAME|PATH",
        .brief = "use this network namespace: a name of 'ip netns', or a path",
        .manual = R"(
Uses this network namespace: a name of ip-netns(8), or a path that contains a slash.)",
        .section = "captured",
        .commands = "capture list doctor top",
        .completes = Completes::network_namespaces,
    },
    {
        .names = "-s,--snaplen",
        .argument = "BYTES",
        .brief = "capture so much of each packet, 0 (metadata only) to 65531; default 65528",
        .manual = R"(
Captures at most so many bytes of each packet, 0 to 65531.
The default is 65528, because tcpdump(8) cannot read longer packets in a savefile.
0 captures metadata only; in tcpdump(8), 0 means the whole packet.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "-B",
        .argument = "KIB",
        .brief = "size of the socket buffer in KiB, 4 to 1048575; default 32768",
        .manual = R"(
Asks the kernel for a socket buffer of this size in KiB, 4 to 1048575; the default is 32768.
*doctor* says whether the kernel grants it.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--conntrack",
        .brief = "add the conntrack entry to each packet, for --json and savefiles",
        .manual = R"(
Asks the kernel for the conntrack entry of each packet: the state of its connection, and both tuples.
--json prints it as *conntrack*; savefiles with the link type *nflog*, and the spool, keep it.
The kernel needs CONFIG_NETFILTER_NETLINK_GLUE_CT.)",
        .section = "captured",
        .commands = "capture",
    },
    {
        .names = "-F",
        .argument = "FILE",
        .brief = "read the filter from a file",
        .manual = R"(
Reads the filter from this file.
In the file, '#' starts a comment, which ends with the line.)",
        .section = "captured",
        .commands = "capture top",
        .completes = Completes::files,
    },
    {
        .names = "-c",
        .argument = "COUNT",
        .brief = "exit after so many packets",
        .manual = R"(
Exits after so many packets that match the filter.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "--for",
        .argument = "TIME",
        .brief = "exit after this time: 10s, 5m, 2h",
        .manual = R"(
Exits after this time, such as `10s`, `500ms`, `5m`, `2h` or `1d`; a number alone is in seconds.
The end of the time has the same effect as a signal.
Setting the system clock does not change the time.)",
        .section = "captured",
        .commands = "capture top",
    },
    {
        .names = "-Z",
        .argument = "USER",
        .brief = "become this user after the capture has started",
        .manual = R"(
Becomes this user, with the user's groups, when the capture has started and before any file is opened or
created, except the file of -F.
All files are therefore written as this user.
Unless the user is root, nflogcap also drops all capabilities.
Requires `CAP_SETUID` and `CAP_SETGID`.)",
        .section = "captured",
        .commands = "capture top",
        .completes = Completes::users,
    },
    {
        .names = "--hand-over",
        .brief = "let the service manager keep the capture for the next process",
        .manual = R"(
Lets the service manager keep the capture for the process that it starts after this one.
After a crash, `kill -9`, an upgrade or `systemctl restart`, the next process continues where this one ended:
packets that fit into the socket buffer are not lost, and those that do not fit are counted as lost.
When a signal ends this process, the groups stay bound, and packets wait in the kernel.
The options of the new process apply: it adds and removes the groups and taps that changed.
If it cannot adopt the capture, it says why and starts a new one.
Packets that a killed process had received but not written are counted as lost.
The service manager must support sd_notify(3) and keep descriptors, as systemd does with
`FileDescriptorStoreMax=16`.
The units *nflogcap@* and *nflogcap-spool@* set this.)",
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
