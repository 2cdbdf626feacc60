// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "message.hpp"

#include <chrono>
#include <nats/nats.h>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

// Makes the stream as a JSON file says, if the broker has no stream of that name. Throws
// command::Failure.
void make_stream(natsConnection* connection, const std::string& stream, const std::string& path);

// Reads a stream by a consumer that the broker remembers: what is not acknowledged comes again.
//
// It asks for messages itself: natsSubscription_Fetch() of libnats up to 3.8 writes beyond its
// memory if more than half of a batch waits when it is called.
class StreamReader {
public:
    // `inbox`: prefix of the subject at which messages come. Throws command::Failure if there is no
    // such stream, or it may not be read.
    StreamReader(natsConnection* connection, std::string stream, const std::string& inbox);
    ~StreamReader();
    StreamReader(const StreamReader&) = delete;
    StreamReader& operator=(const StreamReader&) = delete;

    // What comes within that time, or nothing, as while the broker is away. Throws command::Failure
    // if the stream is gone.
    std::vector<MessageHandle> next(std::chrono::milliseconds timeout);

    // By the subject to answer to of a message.
    void acknowledge(const std::string& reply);
    // Until the broker has what was acknowledged, or is away.
    void flush();

private:
    using Clock = std::chrono::steady_clock;

    natsStatus make_consumer();
    void request(std::chrono::milliseconds timeout);
    void handle_status(std::string_view status);

    natsConnection* connection_;
    std::string stream_;
    std::string inbox_;
    jsCtx* context_ = nullptr;
    SubscriptionHandle subscription_;
    std::size_t requested_ = 0; // messages that are still to come for the last request
    Clock::time_point request_ends_{};
    natsStatus trouble_ = NATS_OK; // of the last call of next()
};

} // namespace fleet
