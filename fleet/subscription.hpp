// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

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
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    // The next message; none if none comes in that time. Throws command::Failure where the
    // connection has ended for good.
    MessageHandle next(std::chrono::milliseconds timeout);

    // Messages.
    [[nodiscard]] std::uint64_t dropped() const;

private:
    natsConnection* connection_;
    natsSubscription* subscription_ = nullptr;
};

} // namespace fleet
