// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace fleet {

// The address of a broker.
struct ServerAddress {
    std::string url; // "tls://[::1]:4222"
    bool is_tls = false;
    std::string host; // "::1"
    std::string port;
};

// Parses "[nats://|tls://]HOST[:PORT]". Throws Failure with wrong_usage. An address with a user or
// a password is refused, because everybody can read the command line of a process.
ServerAddress address_of_server(const std::string& text);

} // namespace fleet
