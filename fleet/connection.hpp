// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "failure.hpp"

#include <functional>
#include <memory>
#include <nats/nats.h>
#include <string>
#include <vector>

namespace fleet {

struct DestroyConnection {
    void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
};
using ConnectionHandle = std::unique_ptr<natsConnection, DestroyConnection>;

// Ends a subscription, after its connection: libnats up to 3.4 uses freed memory if a subscription
// ends while messages for it arrive.
struct EndSubscription {
    natsConnection* connection = nullptr;

    void operator()(natsSubscription* subscription) const
    {
        natsConnection_Close(connection);
        natsSubscription_Destroy(subscription);
    }
};
using SubscriptionHandle = std::unique_ptr<natsSubscription, EndSubscription>;

// How the broker is reached, and with which identity.
struct ConnectionOptions {
    std::vector<std::string> servers; // "nats://broker:4222", "tls://...": at least one
    std::string ca;                   // file with the certificate that signed the broker's
    std::string certificate;          // file; "": none
    std::string key;                  // file with its key
    std::string tls_name;             // in the broker's certificate; "": the server's name
    std::string credentials;          // file with a JWT and its NKey; "": none
    std::string user;                 // "": none
    std::string password_file;        // its first line is the user's password
    std::string client;               // the name under which the broker lists the connection
    std::string inbox;                // prefix of reply subjects; "": libnats' own
};

// Why there is no connection, with what to do.
struct ConnectionFailure : command::Failure {
    ConnectionFailure(const std::string& words, bool may_pass_by_itself)
        : Failure(words), is_temporary(may_pass_by_itself)
    {
    }

    bool
        is_temporary; // the broker or the network is down; otherwise somebody must change something
};

enum class Reconnect { never, forever };

// Functions that threads of libnats call. The closure must live until nats_CloseAndWait().
struct ConnectionHandlers {
    natsConnectionHandler closed = nullptr; // the connection is closed permanently
    natsErrHandler error = nullptr;         // such as a subject that the user may not use
    void* closure = nullptr;
};

// Tries each server once, for some seconds, and returns the first connection. Throws
// ConnectionFailure. With Reconnect::forever, libnats reconnects to one of the servers if the
// connection is lost; with TLS, all servers must have the name of the one that was connected first,
// or that of `tls_name`. No thread of libnats handles signals.
//
// A broker that disappears without closing the connection is noticed after about six seconds.
ConnectionHandle connect(const ConnectionOptions& options, Reconnect reconnect,
                         const ConnectionHandlers& handlers = {});

// The text of libnats for the last failure of this connection, for the end of an error.
std::string reason_of(natsConnection* connection, natsStatus status);

} // namespace fleet
