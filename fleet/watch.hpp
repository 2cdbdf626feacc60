// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "host_patterns.hpp"

#include <nats/nats.h>
#include <string>

namespace fleet {

// Writes the packets of the selected hosts to standard output, as one savefile, as they arrive.
// Ends when the reader ends or a stop is requested, and then prints a summary on standard error.
command::ExitStatus watch_packets(natsConnection* connection, const HostPatterns& patterns);

// Shows the selected hosts as a table, every second or once. On a terminal, each table replaces the
// previous one.
command::ExitStatus watch_hosts(natsConnection* connection, const std::string& stream,
                                const HostPatterns& patterns, bool is_once);

} // namespace fleet
