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

// Ends a subscription, and its connection before it: libnats up to 3.4 uses a subscription that it
// has freed if that ends while messages for it come.
struct EndSubscription {
    natsConnection* connection = nullptr;

    void operator()(natsSubscription* subscription) const
    {
        natsConnection_Close(connection);
        natsSubscription_Destroy(subscription);
    }
};
using SubscriptionHandle = std::unique_ptr<natsSubscription, EndSubscription>;

// How the broker is reached, and as whom.
struct ConnectionOptions {
    std::vector<std::string> servers; // "nats://broker:4222", "tls://...": one is enough
    std::string ca;                   // file that has the certificate of who signs the broker's
    std::string certificate;          // file; "": none
    std::string key;                  // file that has its key
    std::string tls_name;             // in the broker's certificate; "": that of the server
    std::string credentials;          // file of an NKey and its JWT; "": none
    std::string user;                 // "": none
    std::string password_file;        // whose first line is the user's password
    std::string client;               // as which the broker lists the connection
    std::string inbox;                // prefix of subjects to be answered at; "": libnats' own
};

// Why there is no connection, in words with what to do.
struct ConnectionFailure : command::Failure {
    ConnectionFailure(const std::string& words, bool may_pass_by_itself)
        : Failure(words), is_temporary(may_pass_by_itself)
    {
    }

    bool is_temporary; // the broker or the network is away; else somebody must change something
};

enum class Reconnect { never, forever };

// What is called from a thread of libnats. The closure must live until nats_CloseAndWait().
struct ConnectionHandlers {
    natsConnectionHandler closed = nullptr; // for good
    natsErrHandler error = nullptr;         // such as a subject that the user may not use
    void* closure = nullptr;
};

// Tries each server once, for some seconds, and returns the first connection that is made; throws
// ConnectionFailure. With Reconnect::forever libnats then makes a connection to one of the servers
// again when it is lost; with TLS all must have the name of the one that was connected first, or
// that of `tls_name`. No thread of libnats handles signals.
//
// A broker that is gone without a word is noticed after about six seconds.
ConnectionHandle connect(const ConnectionOptions& options, Reconnect reconnect,
                         const ConnectionHandlers& handlers = {});

// What libnats says of the last failure of this connection, for the end of an error.
std::string reason_of(natsConnection* connection, natsStatus status);

} // namespace fleet
