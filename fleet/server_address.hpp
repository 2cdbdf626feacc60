// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace fleet {

// Where a broker is.
struct ServerAddress {
    std::string url; // "tls://[::1]:4222"
    bool is_tls = false;
    std::string host; // "::1"
    std::string port;
};

// Of "[nats://|tls://]HOST[:PORT]". Throws Failure of wrong_usage, also where a user or a password
// is in it: anybody can read the command line of a process.
ServerAddress address_of_server(const std::string& text);

} // namespace fleet
