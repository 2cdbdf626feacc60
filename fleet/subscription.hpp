// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "message.hpp"

#include <chrono>
#include <cstdint>
#include <nats/nats.h>
#include <string>

namespace fleet {

// What is published to a subject from now on. What is not taken out is kept, up to 64 MiB; the rest
// is dropped and counted, so that a slow reader does not make memory grow.
class Subscription {
public:
    // Throws command::Failure, also where the broker does not let the user read the subject.
    Subscription(natsConnection* connection, const std::string& subject);

    // The next message; none if none comes in that time. Throws command::Failure where the
    // connection has ended for good.
    MessageHandle next(std::chrono::milliseconds timeout);

    // Takes no more: what the broker has sent up to here can still be taken out, until is_over().
    void end();
    [[nodiscard]] bool is_over() const { return is_over_; }

    // Messages.
    [[nodiscard]] std::uint64_t dropped();

private:
    natsConnection* connection_;
    SubscriptionHandle subscription_;
    std::uint64_t dropped_ = 0;
    bool is_ending_ = false;
    bool is_over_ = false;
};

} // namespace fleet
