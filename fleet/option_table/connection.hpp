// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

// Options of all three programs: how the broker is reached, and as whom.
constexpr auto options_of_connection = std::to_array<command::OptionRow>({
    {
        .names = "--server",
        .argument = "URL",
        .brief = "the broker: nats://HOST:4222, or tls://HOST:4222",
        .manual = R"(
The address of the broker, such as `nats://broker:4222` or `tls://broker:4222`.
May be given several times, for the servers of a cluster: they are tried in this order, also when the
connection is lost.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--stream",
        .argument = "NAME",
        .brief = "the stream of JetStream that keeps the packets; NFLOG",
        .manual = R"(
The name of the stream of JetStream that keeps the packets; `NFLOG` by default.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--ca",
        .argument = "FILE",
        .brief = "use TLS; the certificate of the CA that has signed the broker's",
        .manual = R"(
Uses TLS, and trusts certificates that the CA in this file has signed, in PEM form.
The certificate of the broker must have the name that is in --server.)",
        .section = "connection",
        .commands = "ship collect watch",
        .completes = command::Completes::files,
    },
    {
        .names = "--tls-name",
        .argument = "NAME",
        .brief = "the name in the broker's certificate, if --server has another",
        .manual = R"(
The name that the certificate of the broker must have, if it is another one than in --server, such as where
that is an address.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--cert",
        .argument = "FILE",
        .brief = "the certificate by which the broker knows this client",
        .manual = R"(
The certificate by which the broker knows this client, in PEM form.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--key",
        .completes = command::Completes::files,
    },
    {
        .names = "--key",
        .argument = "FILE",
        .brief = "the key of that certificate",
        .manual = R"(
The key of that certificate, in PEM form.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--cert",
        .completes = command::Completes::files,
    },
    {
        .names = "--credentials",
        .argument = "FILE",
        .brief = "credentials by which the broker knows this client",
        .manual = R"(
The credentials by which the broker knows this client, as `nsc` writes them.)",
        .section = "connection",
        .commands = "ship collect watch",
        .excludes = "--user",
        .completes = command::Completes::files,
    },
    {
        .names = "--user",
        .argument = "NAME",
        .brief = "the user as whom to connect",
        .manual = R"(
The user as whom to connect.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--password-file",
    },
    {
        .names = "--password-file",
        .argument = "FILE",
        .brief = "a file that has the user's password on its first line",
        .manual = R"(
A file that has the user's password on its first line.
A password is neither taken from the command line nor printed.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--user",
        .completes = command::Completes::files,
    },
});

constexpr auto options_about_the_program = std::to_array<command::OptionRow>({
    {
        .names = "--config",
        .argument = "FILE",
        .brief = "take words of this command line from a file; the first option",
        .manual = R"(
The words of this file take its place, as in nflogcap(1).
It must be the first word.)",
        .section = "program",
        .commands = "ship collect watch",
        .completes = command::Completes::files,
    },
    {
        .names = "--metrics",
        .argument = "FILE",
        .brief = "write counters for node_exporter to a file every 5 seconds",
        .manual = R"(
Writes counters in the text format of Prometheus to this file every 5 seconds, for the textfile collector of
node_exporter.)",
        .section = "program",
        .commands = "ship collect",
        .completes = command::Completes::files,
    },
    {
        .names = "-h,--help",
        .brief = "show this help and exit",
        .manual = R"(
Shows the options.)",
        .section = "program",
        .commands = "ship collect watch",
    },
    {
        .names = "--version",
        .brief = "show the version and exit",
        .manual = R"(
Shows the version.)",
        .section = "program",
        .commands = "ship collect watch",
    },
});

} // namespace fleet
