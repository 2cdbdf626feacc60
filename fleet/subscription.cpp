// SPDX-License-Identifier: GPL-2.0-or-later
#include "subscription.hpp"

#include "failure.hpp"

namespace fleet {

namespace {

std::string last_error(natsConnection* connection, natsStatus status)
{
    const char* words = nullptr;
    natsConnection_GetLastError(connection, &words);
    return words != nullptr && *words != '\0' ? words : natsStatus_GetText(status);
}

} // namespace

Subscription::Subscription(natsConnection* connection, const std::string& subject)
    : connection_(connection)
{
    constexpr int max_messages = 262144;
    constexpr int max_bytes = 64 << 20;
    constexpr std::int64_t timeout = 10'000; // milliseconds
    natsSubscription* subscription = nullptr;
    natsStatus status = natsConnection_SubscribeSync(&subscription, connection, subject.c_str());
    subscription_ = SubscriptionHandle(subscription, {connection});
    if (status == NATS_OK)
        status = natsSubscription_SetPendingLimits(subscription, max_messages, max_bytes);
    // If the broker refuses the subscription, it says so before it answers this.
    if (status == NATS_OK)
        status = natsConnection_FlushTimeout(connection, timeout);
    const char* refusal = nullptr;
    if (status == NATS_OK)
        status = natsConnection_GetLastError(connection, &refusal);
    if (status == NATS_OK)
        return;
    const std::string why = last_error(connection, status);
    throw command::Failure(
        "cannot subscribe to " + subject + ": " + why +
        "; allow the broker's user to subscribe to that subject, or name one host "
        "that the user may watch");
}

MessageHandle Subscription::next(std::chrono::milliseconds timeout)
{
    natsMsg* message = nullptr;
    const natsStatus status =
        natsSubscription_NextMsg(&message, subscription_.get(), timeout.count());
    is_over_ = is_ending_ && status != NATS_OK && status != NATS_TIMEOUT;
    if (status != NATS_OK && !is_ending_ && natsConnection_IsClosed(connection_))
        throw command::Failure(
            "the connection to the broker has ended: " + last_error(connection_, status) +
            "; check that the broker runs and still has the user");
    return MessageHandle(message);
}

void Subscription::end()
{
    constexpr std::int64_t timeout = 2000; // milliseconds
    dropped_ = dropped();
    is_ending_ = true;
    is_over_ = natsSubscription_DrainTimeout(subscription_.get(), timeout) != NATS_OK;
}

std::uint64_t Subscription::dropped()
{
    std::int64_t dropped = 0;
    if (natsSubscription_GetDropped(subscription_.get(), &dropped) == NATS_OK)
        dropped_ = static_cast<std::uint64_t>(dropped);
    return dropped_; // the number from before the subscription ended
}

} // namespace fleet
