// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream_reader.hpp"

#include "connection.hpp"
#include "error.hpp"
#include "failure.hpp"
#include "stream_failure.hpp"
#include "text_file.hpp"

#include <memory>
#include <string_view>
#include <thread>

namespace fleet {

namespace {

constexpr std::int64_t timeout_ms = 5'000;
constexpr const char* consumer = "nflogcap-collect";

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

// The member "description" of an error that JetStream answers with; "" if it is none.
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
    const std::string what = "cannot make the stream " + stream + " from " + path + ": ";
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
    // Another collector may have made it meanwhile.
    if (!refusal.empty() && find_stream(context.get(), stream) != NATS_OK)
        throw command::Failure(what + "the broker refuses it: " + refusal +
                               "; correct the file, and name the stream in it as --stream does");
}

StreamReader::StreamReader(natsConnection* connection, std::string stream)
    : connection_(connection), stream_(std::move(stream))
{
    Context context = jetstream(connection);
    context_ = context.get();
    const std::string what = "cannot read the stream " + stream_ + ": ";
    const natsStatus found = find_stream(context_, stream_);
    if (found != NATS_OK)
        fail_on_stream(connection_, what, found);
    subscribe();
    if (subscription_ == nullptr)
        fail_on_stream(connection_, what, trouble_);
    context_ = context.release();
}

StreamReader::~StreamReader()
{
    natsSubscription_Destroy(subscription_);
    jsCtx_Destroy(context_);
}

void StreamReader::subscribe()
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t max_unacknowledged = 8192; // messages
    natsSubscription_Destroy(subscription_);
    subscription_ = nullptr;
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = stream_.c_str();
    options.ManualAck = true;
    options.Config.AckWait = 10 * second;
    options.Config.MaxAckPending = max_unacknowledged;
    trouble_ = js_PullSubscribe(&subscription_, context_, all_subjects, consumer, nullptr, &options,
                                nullptr);
    if (trouble_ != NATS_OK)
        subscription_ = nullptr;
}

std::vector<MessageHandle> StreamReader::next(std::chrono::milliseconds timeout)
{
    constexpr int most = 64; // of up to some 200 KB each
    std::vector<MessageHandle> messages;
    natsMsgList list{};
    const bool had_trouble = trouble_ != NATS_OK;
    trouble_ = subscription_ == nullptr
                   ? NATS_INVALID_SUBSCRIPTION
                   : natsSubscription_Fetch(&list, subscription_, most, timeout.count(), nullptr);
    for (int i = 0; i < list.Count; ++i) {
        messages.emplace_back(list.Msgs[i]);
        list.Msgs[i] = nullptr;
    }
    natsMsgList_Destroy(&list);
    if (!messages.empty() || trouble_ == NATS_TIMEOUT || trouble_ == NATS_NOT_FOUND)
        trouble_ = NATS_OK;
    if (trouble_ == NATS_OK)
        return messages;
    std::this_thread::sleep_for(timeout);
    // While the broker is away there is nothing to do. Behind that the consumer may be gone.
    if (natsConnection_Status(connection_) != NATS_CONN_STATUS_CONNECTED || !had_trouble)
        return messages;
    if (find_stream(context_, stream_) == NATS_NOT_FOUND)
        fail_on_stream(connection_, "cannot read the stream " + stream_ + ": ", NATS_NOT_FOUND);
    subscribe();
    return messages;
}

void StreamReader::acknowledge(const std::string& reply)
{
    // What is not acknowledged comes again, and is recognized.
    natsConnection_PublishString(connection_, reply.c_str(), "+ACK");
}

void StreamReader::flush()
{
    natsConnection_FlushTimeout(connection_, timeout_ms);
}

} // namespace fleet
