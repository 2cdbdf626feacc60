// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <array>

namespace fleet {

// Options of nflogcap-ship, -collect and -watch: the address of the broker, and the identity of the
// client.
constexpr auto options_of_connection = std::to_array<command::OptionRow>({
    {
        .names = "--server",
        .argument = "URL",
        .brief = "the broker: nats://HOST:4222, or tls://HOST:4222",
        .manual = R"(
The address of the broker, such as `nats://broker:4222` or `tls://broker:4222`.
Can be given several times, for the servers of a cluster: they are tried in this order, also when the
connection is lost.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--stream",
        .argument = "NAME",
        .brief = "the JetStream stream that keeps the packets; default NFLOG",
        .manual = R"(
The name of the JetStream stream that keeps the packets; the default is `NFLOG`.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--ca",
        .argument = "FILE",
        .brief = "use TLS; the certificate of the CA that signed the broker's",
        .manual = R"(
Uses TLS, and trusts certificates that are signed by the CA certificate in this file, in PEM format.
The broker's certificate must have the name that is in --server.)",
        .section = "connection",
        .commands = "ship collect watch",
        .completes = command::Completes::files,
    },
    {
        .names = "--tls-name",
        .argument = "NAME",
        .brief = "the name in the broker's certificate, if --server has another",
        .manual = R"(
The name that the broker's certificate must have, if it differs from the one in --server, for example because
--server has an IP address.)",
        .section = "connection",
        .commands = "ship collect watch",
    },
    {
        .names = "--cert",
        .argument = "FILE",
        .brief = "the certificate that identifies this client to the broker",
        .manual = R"(
The certificate that identifies this client to the broker, in PEM format.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--key",
        .completes = command::Completes::files,
    },
    {
        .names = "--key",
        .argument = "FILE",
        .brief = "the private key for --cert",
        .manual = R"(
The private key for the certificate of --cert, in PEM format.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--cert",
        .completes = command::Completes::files,
    },
    {
        .names = "--credentials",
        .argument = "FILE",
        .brief = "the credentials that identify this client to the broker",
        .manual = R"(
The credentials that identify this client to the broker, in a file that `nsc` has written.)",
        .section = "connection",
        .commands = "ship collect watch",
        .excludes = "--user",
        .completes = command::Completes::files,
    },
    {
        .names = "--user",
        .argument = "NAME",
        .brief = "the user name for the broker",
        .manual = R"(
The user name with which the program connects to the broker.)",
        .section = "connection",
        .commands = "ship collect watch",
        .needs = "--password-file",
    },
    {
        .names = "--password-file",
        .argument = "FILE",
        .brief = "a file with the user's password on its first line",
        .manual = R"(
A file with the user's password on its first line.
A password cannot be given on the command line, and is never printed.)",
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
        .brief = "read arguments from a file; must be the first option",
        .manual = R"(
Reads arguments from this file, in place of this option, as nflogcap(1) does.
It must be the first argument.)",
        .section = "program",
        .commands = "ship collect watch",
        .completes = command::Completes::files,
    },
    {
        .names = "--metrics",
        .argument = "FILE",
        .brief = "write counters for Prometheus to this file, every 5 seconds",
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
