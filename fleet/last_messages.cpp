// SPDX-License-Identifier: GPL-2.0-or-later
#include "last_messages.hpp"

#include "failure.hpp"
#include "stream_failure.hpp"

#include <cstdint>

namespace fleet {

namespace {

constexpr std::int64_t timeout = 10'000; // milliseconds

struct DestroyInfo {
    void operator()(jsStreamInfo* info) const { jsStreamInfo_Destroy(info); }
};

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
        fail_on_stream(connection, "cannot read the stream " + stream_ + ": ", status);
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
        fail_on_stream(connection_, "cannot read the stream " + stream_ + ": ", status);
    return message;
}

} // namespace fleet
