// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream_reader.hpp"

#include "error.hpp"
#include "failure.hpp"
#include "random_word.hpp"
#include "stream_failure.hpp"
#include "text_file.hpp"

#include <algorithm>
#include <memory>
#include <thread>

namespace fleet {

namespace {

constexpr std::int64_t timeout_ms = 5'000;
constexpr const char* consumer = "nflogcap-collect";
constexpr std::size_t max_messages = 64; // messages per request; a message has at most about 200 KB

struct Destroy {
    void operator()(jsStreamInfo* info) const { jsStreamInfo_Destroy(info); }
    void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
};
using Context = std::unique_ptr<jsCtx, Destroy>;

Context jetstream(natsConnection* connection)
{
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = timeout_ms;
    jsCtx* context = nullptr;
    if (natsConnection_JetStream(&context, connection, &options) != NATS_OK)
        throw command::Failure("cannot use JetStream: out of memory");
    return Context(context);
}

natsStatus find_stream(jsCtx* context, const std::string& stream)
{
    jsStreamInfo* info = nullptr;
    const natsStatus status = js_GetStreamInfo(&info, context, stream.c_str(), nullptr, nullptr);
    const std::unique_ptr<jsStreamInfo, Destroy> owner(info);
    return status;
}

// Returns the member "description" of an error from JetStream, or "" if the answer is not an error.
std::string refusal_in(std::string_view answer)
{
    constexpr std::string_view key = R"("description":")";
    const std::size_t error = answer.find(R"("error":)");
    if (error == std::string_view::npos)
        return "";
    const std::size_t begin = answer.find(key, error);
    if (begin == std::string_view::npos)
        return "it gives no reason";
    answer.remove_prefix(begin + key.size());
    return nflog::foreign_reason(answer.substr(0, answer.find('"')));
}

} // namespace

void make_stream(natsConnection* connection, const std::string& stream, const std::string& path)
{
    const std::string config = command::TextFile(path, "stream's configuration").content();
    const Context context = jetstream(connection);
    const natsStatus found = find_stream(context.get(), stream);
    if (found == NATS_OK)
        return;
    const std::string what = "cannot create the stream " + stream + " from " + path + ": ";
    if (found != NATS_NOT_FOUND)
        fail_on_stream(connection, what, found);
    natsMsg* answer = nullptr;
    const natsStatus status =
        natsConnection_Request(&answer, connection, ("$JS.API.STREAM.CREATE." + stream).c_str(),
                               config.data(), static_cast<int>(config.size()), timeout_ms);
    const MessageHandle owner(answer);
    if (status != NATS_OK)
        fail_on_stream(connection, what, status);
    const std::string refusal = refusal_in(
        {natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))});
    // If the request failed, another collector may have created the stream meanwhile.
    if (!refusal.empty() && find_stream(context.get(), stream) != NATS_OK)
        throw command::Failure(what + "the broker refuses it: " + refusal +
                               "; correct the file: it must have the name given with --stream");
}

StreamReader::StreamReader(natsConnection* connection, std::string stream, const std::string& inbox)
    : connection_(connection), stream_(std::move(stream)),
      inbox_(inbox + "." + spool::random_word())
{
    Context context = jetstream(connection);
    context_ = context.get();
    const std::string what = "cannot read the stream " + stream_ + ": ";
    natsSubscription* subscription = nullptr;
    natsStatus status = find_stream(context_, stream_);
    if (status == NATS_OK)
        status = make_consumer();
    if (status == NATS_OK)
        status = natsConnection_SubscribeSync(&subscription, connection_, inbox_.c_str());
    if (status != NATS_OK)
        fail_on_stream(connection_, what, status);
    subscription_ = SubscriptionHandle(subscription, {connection_});
    // Without a limit here, because the requests limit the number of messages.
    natsSubscription_SetPendingLimits(subscription, -1, -1);
    context_ = context.release();
}

StreamReader::~StreamReader()
{
    jsCtx_Destroy(context_);
}

natsStatus StreamReader::make_consumer()
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t max_unacknowledged = 8192; // messages
    jsConsumerInfo* info = nullptr;
    natsStatus status =
        js_GetConsumerInfo(&info, context_, stream_.c_str(), consumer, nullptr, nullptr);
    if (status == NATS_NOT_FOUND) {
        jsConsumerConfig config;
        jsConsumerConfig_Init(&config);
        config.Durable = consumer;
        config.FilterSubject = all_subjects;
        config.AckPolicy = js_AckExplicit;
        config.AckWait = 10 * second;
        config.MaxAckPending = max_unacknowledged;
        status = js_AddConsumer(&info, context_, stream_.c_str(), &config, nullptr, nullptr);
    }
    jsConsumerInfo_Destroy(info);
    return status;
}

// Requests messages. The broker reports the end of the request, unless the connection is lost.
void StreamReader::request(std::chrono::milliseconds timeout)
{
    constexpr std::chrono::seconds slack{1};
    const std::string words = R"({"batch":)" + std::to_string(max_messages) + R"(,"expires":)" +
                              std::to_string(std::chrono::nanoseconds(timeout).count()) + "}";
    const std::string subject = "$JS.API.CONSUMER.MSG.NEXT." + stream_ + "." + consumer;
    trouble_ = natsConnection_PublishRequestString(connection_, subject.c_str(), inbox_.c_str(),
                                                   words.c_str());
    requested_ = max_messages;
    request_ends_ = Clock::now() + timeout + slack;
}

// Handles a message without packets, which reports the status of the request.
void StreamReader::handle_status(std::string_view status)
{
    constexpr std::string_view heartbeat = "100";
    constexpr std::string_view no_messages = "404";
    constexpr std::string_view time_is_over = "408";
    if (status == heartbeat)
        return;
    requested_ = 0;
    if (status != no_messages && status != time_is_over)
        trouble_ = NATS_NO_RESPONDERS;
}

std::vector<MessageHandle> StreamReader::next(std::chrono::milliseconds timeout)
{
    const bool had_trouble = trouble_ != NATS_OK;
    trouble_ = NATS_OK;
    if (requested_ == 0 || Clock::now() >= request_ends_)
        request(timeout);
    std::vector<MessageHandle> messages;
    const Clock::time_point end = Clock::now() + timeout;
    while (requested_ > 0 && messages.size() < max_messages && trouble_ == NATS_OK) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        natsMsg* got = nullptr;
        const natsStatus status = natsSubscription_NextMsg(
            &got, subscription_.get(), messages.empty() ? std::max<std::int64_t>(left, 0) : 0);
        MessageHandle message(got);
        if (status == NATS_TIMEOUT)
            return messages;
        const char* words = nullptr;
        if (status != NATS_OK)
            trouble_ = status;
        else if (natsMsgHeader_Get(message.get(), "Status", &words) == NATS_OK)
            handle_status(words);
        else {
            --requested_;
            messages.push_back(std::move(message));
        }
    }
    if (trouble_ == NATS_OK || !messages.empty())
        return messages;
    std::this_thread::sleep_for(timeout);
    // While the broker is down, nothing can be done. After that, the consumer may not exist any
    // more, and is made again below.
    if (natsConnection_Status(connection_) != NATS_CONN_STATUS_CONNECTED || !had_trouble)
        return messages;
    if (find_stream(context_, stream_) == NATS_NOT_FOUND)
        fail_on_stream(connection_, "cannot read the stream " + stream_ + ": ", NATS_NOT_FOUND);
    make_consumer(); // if this fails, the next call of next() tries again
    return messages;
}

void StreamReader::acknowledge(const std::string& reply)
{
    // If the acknowledgement is lost, the broker delivers the message again, and the collection
    // recognizes the repetition.
    natsConnection_PublishString(connection_, reply.c_str(), "+ACK");
}

void StreamReader::flush()
{
    natsConnection_FlushTimeout(connection_, timeout_ms);
}

} // namespace fleet
