// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream_failure.hpp"

#include "connection.hpp"
#include "error.hpp"
#include "failure.hpp"

namespace fleet {

void fail_on_stream(natsConnection* connection, const std::string& what, natsStatus status)
{
    if (status == NATS_NOT_FOUND)
        throw command::Failure(what +
                               "the broker has no stream of this name; give its name with "
                               "--stream, or create it with nflogcap-collect --stream-config");
    const char* words = nullptr;
    if (natsConnection_GetLastError(connection, &words) == NATS_NOT_PERMITTED && words != nullptr)
        throw command::Failure(what + nflog::foreign_reason(words) +
                               "; allow the broker's user to publish to that subject");
    if (status == NATS_NO_RESPONDERS)
        throw command::Failure(what +
                               "there is no answer; check that the broker runs JetStream, as "
                               "'nats-server -js' does, and that the stream has allow_direct");
    if (status == NATS_TIMEOUT)
        throw command::Failure(what + "the broker did not answer in time; check that it runs "
                                      "JetStream and allows this user to request the stream");
    throw command::Failure(what + reason_of(connection, status));
}

} // namespace fleet
