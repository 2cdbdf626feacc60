// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"
#include "host_patterns.hpp"

#include <nats/nats.h>
#include <string>

namespace fleet {

// Writes the packets of these hosts to standard output as one savefile, as they come, until its
// reader ends or a stop is requested; a summary at the end is printed on standard error.
command::ExitStatus watch_packets(natsConnection* connection, const HostPatterns& patterns);

// Shows the hosts as a table each second, on a terminal in place of the one before; or once.
command::ExitStatus watch_hosts(natsConnection* connection, const std::string& stream,
                                const HostPatterns& patterns, bool is_once);

} // namespace fleet
