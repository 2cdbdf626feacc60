// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "message.hpp"

#include <chrono>
#include <cstdint>
#include <nats/nats.h>
#include <string>

namespace fleet {

// Receives the messages that are published to a subject from now on. Up to 64 MiB of messages are
// queued until next() takes them. Further messages are dropped and counted, so that a slow reader
// does not make memory grow.
class Subscription {
public:
    // Throws command::Failure, also if the broker does not allow the user to read the subject.
    Subscription(natsConnection* connection, const std::string& subject);

    // Returns the next message, or none if no message arrives within the timeout. Throws
    // command::Failure if the connection has ended for ever.
    MessageHandle next(std::chrono::milliseconds timeout);

    // Ends the subscription. next() still returns the messages that the broker has already sent,
    // until is_over().
    void end();
    [[nodiscard]] bool is_over() const { return is_over_; }

    // Returns the number of dropped messages.
    [[nodiscard]] std::uint64_t dropped();

private:
    natsConnection* connection_;
    SubscriptionHandle subscription_;
    std::uint64_t dropped_ = 0;
    bool is_ending_ = false;
    bool is_over_ = false;
};

} // namespace fleet
