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

// Creates the stream from a JSON file, if the broker has no stream with this name. Throws
// command::Failure.
void make_stream(natsConnection* connection, const std::string& stream, const std::string& path);

// Reads a stream with a consumer that the broker stores. The broker delivers messages again if they
// are not acknowledged.
//
// This class requests messages itself, because natsSubscription_Fetch() of libnats up to 3.8 writes
// beyond its memory if more than half of a batch is already queued when it is called.
class StreamReader {
public:
    // `inbox`: prefix of the subject to which messages are delivered. Throws command::Failure if
    // the stream does not exist, or if this user may not read it.
    StreamReader(natsConnection* connection, std::string stream, const std::string& inbox);
    ~StreamReader();
    StreamReader(const StreamReader&) = delete;
    StreamReader& operator=(const StreamReader&) = delete;

    // Returns the messages that arrive within the timeout; no message while the broker is down.
    // Throws command::Failure if the stream does not exist any more.
    std::vector<MessageHandle> next(std::chrono::milliseconds timeout);

    // Acknowledges the message that has this reply subject.
    void acknowledge(const std::string& reply);
    // Waits until the broker has received the acknowledgements. Also returns if the broker is down.
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
    std::size_t requested_ = 0; // how many messages the last request may still deliver
    Clock::time_point request_ends_{};
    natsStatus trouble_ = NATS_OK; // status of the last call of next()
};

} // namespace fleet
