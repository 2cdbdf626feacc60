// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nats/nats.h>
#include <string>

namespace fleet {

// Throws command::Failure for a failed request about a stream. `status`: the status of the request.
// `what`: the beginning of the text, such as "cannot read the stream NFLOG: ".
[[noreturn]] void fail_on_stream(natsConnection* connection, const std::string& what,
                                 natsStatus status);

} // namespace fleet
