// SPDX-License-Identifier: GPL-2.0-or-later
#include "last_messages.hpp"

#include "failure.hpp"

#include <algorithm>
#include <ctime>
#include <memory>

namespace fleet {

namespace {

constexpr std::int64_t timeout = 10'000; // milliseconds

struct Destroy {
    void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
    void operator()(jsStreamInfo* info) const { jsStreamInfo_Destroy(info); }
};

[[noreturn]] void fail(natsConnection* connection, const std::string& stream, natsStatus status)
{
    const char* words = nullptr;
    const natsStatus last = natsConnection_GetLastError(connection, &words);
    const std::string what = "cannot read the stream " + stream + ": ";
    if (status == NATS_NOT_FOUND)
        throw command::Failure(what + "there is none of that name; give its name with --stream, or "
                                      "let nflogcap-collect make it with --stream-config");
    if (last == NATS_NOT_PERMITTED && words != nullptr)
        throw command::Failure(what + words +
                               "; let the broker's user publish to that subject, by which the "
                               "stream is asked");
    if (status == NATS_NO_RESPONDERS)
        throw command::Failure(what + "nobody answers; see that the broker runs JetStream, and "
                                      "that the stream has allow_direct");
    throw command::Failure(what + natsStatus_GetText(status) +
                           "; see that the broker runs and can be reached");
}

} // namespace

LastMessages::LastMessages(natsConnection* connection, std::string stream,
                           const HostPatterns& patterns)
    : connection_(connection), stream_(std::move(stream))
{
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = timeout;
    const std::string filter = patterns.subject();
    options.Stream.Info.SubjectsFilter = filter.c_str();

    jsCtx* context = nullptr;
    natsStatus status = natsConnection_JetStream(&context, connection, &options);
    const std::unique_ptr<jsCtx, Destroy> context_owner(context);
    jsStreamInfo* info = nullptr;
    if (status == NATS_OK)
        status = js_GetStreamInfo(&info, context, stream_.c_str(), &options, nullptr);
    const std::unique_ptr<jsStreamInfo, Destroy> owner(info);
    if (status != NATS_OK)
        fail(connection, stream_, status);
    const jsStreamStateSubjects* const subjects = info->State.Subjects;
    for (int i = 0; subjects != nullptr && i < subjects->Count; ++i) {
        if (patterns.match_subject(subjects->List[i].Subject))
            subjects_.emplace_back(subjects->List[i].Subject);
    }
}

std::optional<LastMessages::Stored> LastMessages::next()
{
    if (subjects_.empty())
        return std::nullopt;
    const std::string subject = subjects_.back();
    subjects_.pop_back();
    const std::string request = "$JS.API.DIRECT.GET." + stream_ + '.' + subject;
    natsMsg* answer = nullptr;
    const natsStatus status =
        natsConnection_Request(&answer, connection_, request.c_str(), nullptr, 0, timeout);
    MessageHandle message(answer);
    if (status != NATS_OK)
        fail(connection_, stream_, status);
    const char* from = nullptr;
    const char* at = nullptr;
    // Without these it is the answer that there is no message.
    if (natsMsgHeader_Get(answer, "Nats-Subject", &from) != NATS_OK || subject != from ||
        natsMsgHeader_Get(answer, "Nats-Time-Stamp", &at) != NATS_OK)
        return std::nullopt;
    const auto time = time_in(at);
    if (!time)
        return std::nullopt;
    return Stored{std::move(message), subject, *time};
}

std::optional<std::chrono::nanoseconds> time_in(std::string_view text)
{
    const std::string copy(text);
    std::tm parts{};
    const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr)
        return std::nullopt;
    std::int64_t fraction = 0;
    constexpr std::int64_t second = 1'000'000'000;
    if (*rest == '.') {
        std::int64_t unit = second;
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest)
            fraction += (*rest - '0') * (unit /= 10);
    }
    if (std::string_view(rest) != "Z")
        return std::nullopt;
    return std::chrono::seconds(timegm(&parts)) + std::chrono::nanoseconds(fraction);
}

} // namespace fleet
