// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "host_patterns.hpp"
#include "message.hpp"

#include <memory>
#include <nats/nats.h>
#include <string>
#include <vector>

namespace fleet {

// Reads from a stream the subjects of the hosts, and the last message of each subject. It uses no
// consumer, although a consumer could fetch only the headers: a user that may create a consumer may
// also change the consumer of nflogcap-collect.
class LastMessages {
public:
    // Throws command::Failure if the stream does not exist, or if this user may not read it.
    LastMessages(natsConnection* connection, std::string stream, const HostPatterns& patterns);

    // Returns the last message of the next subject. Returns none if the message was deleted
    // meanwhile, or if is_done().
    MessageHandle next();
    [[nodiscard]] bool is_done() const { return subjects_.empty(); }

private:
    struct Destroy {
        void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
    };

    natsConnection* connection_;
    std::string stream_;
    std::unique_ptr<jsCtx, Destroy> context_;
    std::vector<std::string> subjects_; // the subjects that were not requested yet
};

} // namespace fleet
