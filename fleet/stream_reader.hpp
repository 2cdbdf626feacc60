// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "message.hpp"

#include <chrono>
#include <nats/nats.h>
#include <string>
#include <vector>

namespace fleet {

// Makes the stream as a JSON file says, if the broker has no stream of that name. Throws
// command::Failure.
void make_stream(natsConnection* connection, const std::string& stream, const std::string& path);

// Reads a stream by a consumer that the broker remembers: what is not acknowledged comes again.
class StreamReader {
public:
    // Throws command::Failure if there is no such stream, or it may not be read.
    StreamReader(natsConnection* connection, std::string stream);
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
    void subscribe();

    natsConnection* connection_;
    std::string stream_;
    jsCtx* context_ = nullptr;
    natsSubscription* subscription_ = nullptr;
    natsStatus trouble_ = NATS_OK; // of the last call of next()
};

} // namespace fleet
