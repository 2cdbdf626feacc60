// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nats/nats.h>
#include <string>

namespace fleet {

// Throws command::Failure for a request about a stream that failed with this status. `what` is the
// beginning of the text: "cannot read the stream NFLOG: ".
[[noreturn]] void fail_on_stream(natsConnection* connection, const std::string& what,
                                 natsStatus status);

} // namespace fleet
