// SPDX-License-Identifier: GPL-2.0-or-later
#include "last_messages.hpp"

#include "failure.hpp"

#include <cstdint>

namespace fleet {

namespace {

constexpr std::int64_t timeout = 10'000; // milliseconds

struct DestroyInfo {
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
    context_.reset(context);
    jsStreamInfo* info = nullptr;
    if (status == NATS_OK)
        status = js_GetStreamInfo(&info, context, stream_.c_str(), &options, nullptr);
    const std::unique_ptr<jsStreamInfo, DestroyInfo> owner(info);
    if (status != NATS_OK)
        fail(connection, stream_, status);
    const jsStreamStateSubjects* const subjects = info->State.Subjects;
    for (int i = 0; subjects != nullptr && i < subjects->Count; ++i) {
        if (patterns.match_subject(subjects->List[i].Subject))
            subjects_.emplace_back(subjects->List[i].Subject);
    }
}

MessageHandle LastMessages::next()
{
    if (subjects_.empty())
        return nullptr;
    const std::string subject = subjects_.back();
    subjects_.pop_back();
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = timeout;
    jsDirectGetMsgOptions which;
    jsDirectGetMsgOptions_Init(&which);
    which.LastBySubject = subject.c_str();
    natsMsg* answer = nullptr;
    const natsStatus status =
        js_DirectGetMsg(&answer, context_.get(), stream_.c_str(), &options, &which);
    MessageHandle message(answer);
    if (status == NATS_NOT_FOUND)
        return nullptr;
    if (status != NATS_OK)
        fail(connection_, stream_, status);
    return message;
}

} // namespace fleet
