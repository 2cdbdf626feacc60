// SPDX-License-Identifier: GPL-2.0-or-later
#include "broker_link.hpp"

#include "error.hpp"
#include "flat_json.hpp"
#include "random_word.hpp"
#include "signals_blocked.hpp"
#include "words.hpp"

#include <array>
#include <utility>

namespace fleet {

namespace {

// Enough for a chunk of 128 KiB, one more record of 64 KiB, the savefile's head and the headers.
constexpr std::int64_t min_payload = 262'144;

void on_answer(natsConnection* /*connection*/, natsSubscription* /*subscription*/, natsMsg* message,
               void* closure)
{
    static_cast<EventQueue*>(closure)->add({MessageHandle(message), ""});
}

void on_closed(natsConnection* /*connection*/, void* closure)
{
    static_cast<EventQueue*>(closure)->add({nullptr, ""});
}

void on_error(natsConnection* connection, natsSubscription* /*subscription*/, natsStatus status,
              void* closure)
{
    static_cast<EventQueue*>(closure)->add({nullptr, reason_of(connection, status)});
}

} // namespace

BrokerLink::BrokerLink(const ConnectionOptions& options, std::string stream, EventQueue& events)
    : stream_(std::move(stream)), inbox_(options.inbox + "." + spool::random_word() + "."),
      connection_(connect(options, Reconnect::never, {on_closed, on_error, &events}))
{
    const std::int64_t payload = natsConnection_GetMaxPayload(connection_.get());
    if (payload < min_payload)
        throw ConnectionFailure("the broker accepts messages of at most " +
                                    std::to_string(payload) + " bytes, and chunks need " +
                                    std::to_string(min_payload) +
                                    "; raise max_payload in its configuration",
                                false);
    const nflog::SignalsBlocked in_thread_of_subscription;
    natsSubscription* answers = nullptr;
    const natsStatus status = natsConnection_Subscribe(&answers, connection_.get(),
                                                       (inbox_ + ">").c_str(), on_answer, &events);
    if (status != NATS_OK)
        throw ConnectionFailure("cannot subscribe to answers of the broker: " +
                                    reason_of(connection_.get(), status),
                                true);
    answers_ = SubscriptionHandle(answers, {connection_.get()});
    natsSubscription_SetPendingLimits(answers, -1, -1);
}

std::string BrokerLink::subject_for(const Tag& tag) const
{
    return inbox_ + std::to_string(tag.attempt) + "." + std::to_string(tag.group) + "." +
           std::to_string(tag.chunk);
}

std::optional<BrokerLink::Tag> BrokerLink::tag_of(natsMsg* answer) const
{
    std::string_view rest = natsMsg_GetSubject(answer);
    if (!rest.starts_with(inbox_))
        return {};
    rest.remove_prefix(inbox_.size());
    const std::size_t first = rest.find('.');
    const std::size_t second = rest.rfind('.');
    if (first == std::string_view::npos || first == second)
        return {};
    const auto attempt = spool::number_in<std::uint64_t>(rest.substr(0, first));
    const auto group = spool::number_in<std::uint16_t>(rest.substr(first + 1, second - first - 1));
    const auto chunk = spool::number_in<std::uint64_t>(rest.substr(second + 1));
    if (!attempt || !group || !chunk)
        return {};
    return Tag{*attempt, *group, *chunk};
}

void BrokerLink::ask_last(const std::string& subject, const Tag& tag)
{
    const std::string request = "$JS.API.DIRECT.GET." + stream_ + "." + subject;
    natsConnection_PublishRequest(connection_.get(), request.c_str(), subject_for(tag).c_str(),
                                  nullptr, 0);
}

bool BrokerLink::publish(const Message& message, const Tag& tag)
{
    const MessageHandle encoded = message.encode(subject_for(tag));
    const natsStatus status = natsConnection_PublishMsg(connection_.get(), encoded.get());
    if (status == NATS_MAX_PAYLOAD)
        throw command::Failure(
            "chunk " + std::to_string(message.chunk.number) + " of group " +
            std::to_string(message.chunk.group) + " is longer than the broker accepts: " +
            std::to_string(message.savefile.size()) + " bytes plus the headers, the maximum is " +
            std::to_string(natsConnection_GetMaxPayload(connection_.get())) +
            "; raise max_payload in its configuration");
    return status == NATS_OK;
}

BrokerLink::Reason BrokerLink::why_no_stream() const
{
    // The broker does not answer a user that may not send this request.
    constexpr std::int64_t timeout = 1'000;
    constexpr std::string_view no_stream = "10059";
    natsMsg* got = nullptr;
    const natsStatus status = natsConnection_Request(
        &got, connection_.get(), ("$JS.API.STREAM.INFO." + stream_).c_str(), nullptr, 0, timeout);
    const MessageHandle answer(got);
    if (status == NATS_NO_RESPONDERS)
        return {"the broker runs without JetStream; add 'jetstream {}' to its configuration", true};
    const std::optional<FlatJson> json =
        status == NATS_OK
            ? flat_json({natsMsg_GetData(answer.get()),
                         static_cast<std::size_t>(natsMsg_GetDataLength(answer.get()))})
            : std::nullopt;
    if (json && value_at(*json, "error.err_code") == no_stream)
        return {"the broker has no stream " + stream_ +
                    "; create it with 'nats stream add --config FILE', or start nflogcap-collect "
                    "with --stream-config FILE",
                true};
    if (json && !value_at(*json, "error.description").empty())
        return {"the broker does not provide JetStream to this user: " +
                    nflog::foreign_reason(value_at(*json, "error.description")) +
                    "; see the 'jetstream' part of its configuration",
                true};
    if (json && value_at(*json, "config.allow_direct") != "true")
        return {
            "the stream " + stream_ +
                " does not allow hosts to request their last chunk; set its allow_direct to true",
            true};
    return {"nothing answers for the stream " + stream_ +
                ": it does not exist, has no allow_direct, or the broker runs without JetStream; "
                "'nats stream info " +
                stream_ + "' shows which",
            false};
}

} // namespace fleet
