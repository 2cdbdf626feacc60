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

// Ends a subscription. It must be called after its connection has ended: libnats up to 3.4 uses
// freed memory if messages arrive while their subscription ends.
struct EndSubscription {
    natsConnection* connection = nullptr;

    void operator()(natsSubscription* subscription) const
    {
        natsConnection_Close(connection);
        natsSubscription_Destroy(subscription);
    }
};
using SubscriptionHandle = std::unique_ptr<natsSubscription, EndSubscription>;

// The address of the broker, and the identity with which a program connects.
struct ConnectionOptions {
    std::vector<std::string> servers; // at least one: "nats://broker:4222" or "tls://..."
    // File with the certificate of the authority that signed the broker's certificate.
    std::string ca;
    std::string certificate;   // file with the client's certificate; "": none
    std::string key;           // file with the key of the client's certificate
    std::string tls_name;      // name in the broker's certificate; "": the server's name
    std::string credentials;   // file with a JWT and its NKey; "": none
    std::string user;          // user name; "": none
    std::string password_file; // file with the user's password in its first line
    std::string client;        // name that the broker shows for this connection
    std::string inbox;         // prefix of reply subjects; "": the prefix of libnats
};

// Why there is no connection, and what to do about it.
struct ConnectionFailure : command::Failure {
    ConnectionFailure(const std::string& words, bool may_pass_by_itself)
        : Failure(words), is_temporary(may_pass_by_itself)
    {
    }

    bool is_temporary; // the broker or the network is down; false: someone must change a setting
};

enum class Reconnect { never, forever };

// Functions that threads of libnats call. `closure` must stay valid until nats_CloseAndWait() has
// returned.
struct ConnectionHandlers {
    natsConnectionHandler closed = nullptr; // the connection is closed for ever
    natsErrHandler error = nullptr;         // an error, such as a subject that the user may not use
    void* closure = nullptr;
};

// Tries each server once, for some seconds, and returns the first connection. Throws
// ConnectionFailure. With Reconnect::forever, libnats connects again to one of the servers if the
// connection is lost. With TLS, all servers must then have the name of the first connected server,
// or the name `tls_name`. The threads of libnats handle no signals.
//
// If a broker disappears without closing the connection, this is noticed after about six seconds.
ConnectionHandle connect(const ConnectionOptions& options, Reconnect reconnect,
                         const ConnectionHandlers& handlers = {});

// Returns libnats' text for the last failure of this connection. It is appended to error messages.
std::string reason_of(natsConnection* connection, natsStatus status);

} // namespace fleet
