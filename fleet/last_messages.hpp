// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "host_patterns.hpp"
#include "message.hpp"

#include <memory>
#include <nats/nats.h>
#include <string>
#include <vector>

namespace fleet {

// Reads from a stream the subjects of the hosts and the last message of each. It only reads: a
// consumer could fetch the headers alone, but a user that may create a consumer may also change
// that of nflogcap-collect.
class LastMessages {
public:
    // Throws command::Failure if the stream does not exist or may not be read.
    LastMessages(natsConnection* connection, std::string stream, const HostPatterns& patterns);

    // Returns the last message of the next subject; none if it was deleted meanwhile, or if
    // is_done().
    MessageHandle next();
    [[nodiscard]] bool is_done() const { return subjects_.empty(); }

private:
    struct Destroy {
        void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
    };

    natsConnection* connection_;
    std::string stream_;
    std::unique_ptr<jsCtx, Destroy> context_;
    std::vector<std::string> subjects_; // that were not requested yet
};

} // namespace fleet
